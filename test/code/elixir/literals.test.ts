import { describe, expect, it } from "vitest";
import { expressionOf, outline } from "../support.js";

describe("literals", () => {
  it("decodes strings, atoms and charlists, and keeps numbers as written", () => {
    expect(expressionOf('"a\\n\\u00e9\\x41\\\\"')).toMatchObject({ type: "string", value: "a\né" + "A\\" });
    expect(expressionOf(':"two words"')).toMatchObject({ type: "atom", value: "two words" });
    expect(expressionOf(":ok")).toMatchObject({ type: "atom", value: "ok" });
    expect(expressionOf("'abc'")).toMatchObject({ type: "charlist", value: "abc" });
    expect(expressionOf("1_000")).toMatchObject({ type: "integer", value: "1_000" });
    expect(expressionOf("?a")).toMatchObject({ type: "character", value: "?a" });
    expect(outline("[true, nil, 1.5]")).toBe("[true, nil, 1.5]");
  });

  it("takes a heredoc's indentation away", () => {
    expect(expressionOf('x = """\n  SELECT\n    1\n  """')).toMatchObject({ value: { value: "SELECT\n  1\n" } });
  });

  it("keeps sigils as written", () => {
    expect(expressionOf("~w(a b)a")).toMatchObject({ type: "sigil", value: "~w(a b)a" });
  });

  it("reads an uppercase sigil that ends in two backslashes", () => {
    expect(outline("a = ~S(\\\\)\nb = 1")).toBe("a = ~S(\\\\)\nb = 1");
  });

  it("splits interpolations into text and expressions, each at its place", () => {
    const text = '"id #{user.id} of #{Repo.count()}\\n"';
    const read = expressionOf(text);
    if (read.kind !== "interpolation") throw new Error(read.kind);
    expect(outline(text)).toBe('string("id ", user.id, " of ", Repo.count(), "\\n")');
    expect(read.parts.map(({ span }) => text.slice(span.start, span.end))).toEqual(["id ", "user.id", " of ", "Repo.count()", "\\n"]);
  });

  it("knows interpolated sigils and atoms", () => {
    expect(outline('~p"/users/#{id}"')).toBe("sigil(/users/, id)".replace("/users/", '"/users/"').replaceAll('"', ""));
    expect(outline(':"user_#{id}"')).toBe("atom(:user_, id)");
  });
});

describe("collections", () => {
  it("tells lists, keyword lists, tuples, maps and binaries apart", () => {
    expect(outline("[1, x | rest]")).toBe("[1, x | rest]");
    expect(expressionOf("[a: 1]").kind).toBe("keyword");
    expect(outline("[1, a: 2]")).toBe("[1, [a: 2]]");
    expect(outline('%{"a" => 1, b: 2}')).toBe('%{"a" => 1, :b => 2}');
    expect(outline("%{user | name: 1}")).toBe("%{user | :name => 1}");
    expect(outline("%User{name: x}")).toBe("%User{:name => x}");
    expect(outline("%kind{}")).toBe("%{:__struct__ => kind}");
    expect(outline("<<a::8, rest::binary>>")).toBe("<<(a :: 8), (rest :: binary)>>");
  });

  it("points at keys without their colon", () => {
    const text = '[name: 1, "two words": 2]';
    const read = expressionOf(text);
    if (read.kind !== "keyword") throw new Error(read.kind);
    expect(read.entries.map(({ key }) => key)).toEqual(["name", "two words"]);
    expect(read.entries.map(({ keySpan }) => text.slice(keySpan.start, keySpan.end))).toEqual(["name", '"two words"']);
  });

  it("knows matches, pins and operators", () => {
    expect(outline("{:ok, ^id} = run(not x and !y)")).toBe("{:ok, ^id} = run((not x and ! y))");
    expect(outline("(a + b) * c")).toBe("((a + b) * c)");
  });
});
