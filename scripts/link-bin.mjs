// Puts `guard` where npx looks first: npm links the commands of dependencies, not those of the project one stands in.
import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";

const folder = "node_modules/.bin";
await mkdir(folder, { recursive: true });
await chmod("dist/cli.js", 0o755);
await rm(`${folder}/guard`, { force: true });
await symlink("../../dist/cli.js", `${folder}/guard`).catch(() => undefined); // Windows without the right to link uses the .cmd below
if (process.platform === "win32") await writeFile(`${folder}/guard.cmd`, '@node "%~dp0\\..\\..\\dist\\cli.js" %*\r\n');
