/** Changes whenever the same bytes would give other facts, so that remembered facts of older versions are not used. */
export const extractorVersion = "9";
