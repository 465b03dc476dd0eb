import { expect, test, vi } from "vitest";
import { createFolder } from "../support/repository.js";
import { runGuard } from "../support/run-guard.js";

vi.setConfig({ testTimeout: 60_000 }); // whole programs are run

interface Report {
  readonly files: {
    readonly read: number;
    readonly damaged: number;
    readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  };
  readonly findings: readonly {
    readonly rule: string;
    readonly path: string;
    readonly line: number;
    readonly evidence: readonly { readonly path: string }[];
  }[];
  readonly checklist: readonly unknown[];
}

async function audit(folder: string): Promise<Report> {
  const { output } = await runGuard(["audit", folder, "--format", "json", "--no-cache"]);
  return JSON.parse(output) as Report;
}

const models = `from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=80)


class Post(models.Model):
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
`;
const views = `from .models import Post


def index(request):
    return [post.author.name for post in Post.objects.all()]


def quiet(request):
    # guard:ignore relation-read-per-row three posts at most
    return [post.author.name for post in Post.objects.all()]
`;
const api = {
  "package.json": JSON.stringify({ dependencies: { express: "^4", "@prisma/client": "^6" } }),
  "src/db.ts": 'import { PrismaClient } from "@prisma/client";\nexport const prisma = new PrismaClient();\n',
  "src/owner.ts":
    'import { prisma } from "./db";\nexport const ownerOf = (post: Post) => prisma.user.findUnique({ where: { id: post.ownerId } });\n',
  "src/routes.ts": `import { ownerOf } from "./owner";
app.get("/posts", async (req, res) => {
  for (const post of req.posts) {
    post.owner = await ownerOf(post);
  }
  // guard:ignore query-awaited-in-loop a handful
  for (const post of req.pinned) post.owner = await ownerOf(post);
});
`,
};

test("a Django project is audited by the folder whose manifest names Django", async () => {
  const { files, findings, checklist } = await audit(
    createFolder({
      "backend/requirements.txt": "Django==5.1\n",
      "backend/blog/models.py": models,
      "backend/blog/views.py": views,
      "backend/venv/lib/site-packages/x.py": "x = 1\n",
      "tools/other.py": "x = (\n",
    }),
  );
  expect(files).toMatchObject({ read: 2, damaged: 0, skipped: [] });
  expect(findings.map(({ rule, path, line }) => `${rule} ${path}:${line}`)).toEqual(["relation-read-per-row backend/blog/views.py:5"]);
  expect(checklist).toEqual([]);
});

test("a Node project is audited, and a query behind a call in another file is found with the way to it", async () => {
  const { files, findings } = await audit(
    createFolder({ ...api, "public/app.js": "for (;;) {}", "src/x.min.js": "", "node_modules/pg/index.js": "x" }),
  );
  expect(files.read).toBe(3);
  expect(findings.map(({ rule, path, line }) => `${rule} ${path}:${line}`)).toEqual(["query-awaited-in-loop src/routes.ts:4"]);
  expect(findings[0]?.evidence.map(({ path }) => path)).toEqual(["src/routes.ts", "src/owner.ts"]);
});

test("in a repository that builds Elixir, nothing else is read", async () => {
  const folder = createFolder({
    ...api,
    "mix.exs": "defmodule Shop.MixProject do\nend\n",
    "lib/shop.ex": "defmodule Shop do\nend\n",
    "manage.py": "import django\n",
    "blog/views.py": views,
  });
  expect((await audit(folder)).files.read).toBe(2);
});

test("files that are torn, too large or no text are said to be, and the rest is audited", async () => {
  const { files, findings } = await audit(
    createFolder({
      "pyproject.toml": '[project]\ndependencies = ["django>=5"]\n',
      "blog/models.py": models,
      "blog/views.py": views,
      "blog/torn.py": "def broken(:\n    pass\n",
      "blog/large.py": "# x\n".repeat(1_300_000),
      "blog/noise.py": new Uint8Array([0xff, 0xfe, 0x81, 0x02]),
      "blog/latin.py": new Uint8Array([0x23, 0x20, 0xe9, 0x0a]),
    }),
  );
  expect(files).toMatchObject({ read: 4, damaged: 1 });
  expect(files.skipped.map(({ path, reason }) => `${path} ${reason}`).sort()).toEqual([
    "blog/large.py too_large",
    "blog/noise.py not_utf8_or_latin1",
  ]);
  expect(findings).toHaveLength(1);
});

test("one file is reviewed, and the rule explains itself in its language", async () => {
  const review = await runGuard([
    "review",
    "blog/views.py",
    "--repo",
    createFolder({ "manage.py": "import django\n", "blog/models.py": models, "blog/views.py": views }),
    "--offline",
    "--format",
    "json",
  ]);
  const { problems } = JSON.parse(review.output) as { problems: { place: { path: string; line: number; quote: string } }[] };
  expect(problems.map(({ place }) => `${place.path}:${place.line}`)).toEqual(["blog/views.py:5"]);
  const explained = await runGuard(["explain", "query-awaited-in-loop"]);
  expect(explained.output).toContain("// guard:ignore query-awaited-in-loop");
});
