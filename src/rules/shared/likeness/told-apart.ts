/** Names of functions (`MyApp.Okta.Sync.run/1`), each as short as tells it from the others: `Okta.Sync.run/1`. */
export function toldApart(ids: readonly string[]): string[] {
  const parts = ids.map((id) => id.split("."));
  return parts.map((own, position) => {
    const others = parts.filter((_, other) => other !== position);
    for (let kept = 2; kept < own.length; kept += 1) {
      const name = own.slice(-kept).join(".");
      if (others.every((other) => other.slice(-kept).join(".") !== name)) return name;
    }
    return own.join(".");
  });
}
