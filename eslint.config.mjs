import tseslint from "typescript-eslint";

const clockAndChance = [
  { object: "Date", property: "now", message: "The core has no clock: take a Clock from model/ports.ts, made in shell/clock.ts." },
  { object: "Math", property: "random", message: "The core has no randomness: pass the value in from shell/." },
];

export default tseslint.config(
  { ignores: ["dist/**", "node_modules/**", "test/fixtures/**", "src/rules/registry.ts"] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["*.mjs", ".dependency-cruiser.mjs", "scripts/*.mjs"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-invalid-void-type": "off",
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      eqeqeq: "error",
      "no-console": "error",
      "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ["src/**/*.ts", "src/**/*.tsx"],
    ignores: ["src/shell/**", "src/workspace/**"],
    rules: {
      "no-restricted-properties": ["error", ...clockAndChance],
      "no-restricted-syntax": [
        "error",
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: "The core has no clock: take a Clock from model/ports.ts, made in shell/clock.ts.",
        },
      ],
    },
  },
  { files: ["**/*.mjs"], ...tseslint.configs.disableTypeChecked },
  { files: ["test/**", "bench/**", "scripts/**"], rules: { "max-lines": "off", "no-console": "off" } },
);
