import { describe, expect, it } from "vitest";
import type { Expression } from "../../../src/model/expression.js";
import { collect } from "../../../src/model/walk.js";
import { expressionOf, factsOf, functionOf, outline, rootsOf, show } from "../support.js";

const heex = (text: string) => outline(text, "page.html.heex");
const eex = (text: string) => outline(text, "page.html.eex");

function only<Kind extends Expression["kind"]>(text: string, kind: Kind) {
  const [root] = rootsOf(factsOf(text, "page.html.heex"));
  const [found] = root === undefined ? [] : collect(root, kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
}

describe("HEEx", () => {
  it("reads expressions in bodies and attributes, assigns as reads of assigns", () => {
    expect(heex('<p class={@kind} id="x">{@user.name} <%= f(1) %></p>')).toBe("<assigns.kind assigns.user.name f(1)>");
  });

  it("reads component calls with their attributes and what they hold", () => {
    expect(heex('<.table rows={@rows} id="t" wide {@rest}>{@caption}</.table>')).toBe(
      '<table([rows: assigns.rows, id: "t", wide: true, ...: assigns.rest]) do <assigns.caption> end>',
    );
    expect(heex("<Layouts.app flash={@flash} />")).toBe("<Layouts.app([flash: assigns.flash])>");
    expect(heex("<.list><:item :let={x} title={x.a}>{x.b}</:item></.list>")).toBe(
      "<list([]) do <:item([:let: x, title: x.a]) do <x.b> end> end>",
    );
  });

  it("reads :for and :if as loop and branch around their element", () => {
    expect(heex("<li :for={post <- @posts}>{post.author.name}</li>")).toBe("<for post <- assigns.posts {<post.author.name>}>");
    expect(heex("<li :if={@open}>{@name}</li>")).toBe("<if assigns.open {do  -> <assigns.name>}>");
    expect(heex("<.row :for={x <- @xs} :if={x.ok} item={x} />")).toBe("<for x <- assigns.xs, x.ok {row([item: x])}>");
  });

  it("reads blocks that span tags", () => {
    expect(heex("<%= for c <- @comments do %><p><%= c.body %></p><% end %>")).toBe("<for c <- assigns.comments {<c.body>}>");
    expect(heex("<%= if @a do %>{@b}<% else %>{@c}<% end %>")).toBe("<if assigns.a {do  -> <assigns.b>; else  -> <assigns.c>}>");
    expect(heex("<%= case @s do %>\n  <% :a -> %>{f()}\n  <% {:b, x} when x > 1 -> %>{x}\n<% end %>")).toBe(
      "<case assigns.s {:a -> <f()>; {:b, x} when (x > 1) -> <x>}>",
    );
    expect(heex('<%= form_for @c, "/x", fn f -> %><%= text_input f, :n %><% end %>')).toBe(
      '<form_for(assigns.c, "/x", fn f -> <text_input(f, :n)> end)>',
    );
  });

  it("points at exactly what is written, also inside blocks", () => {
    const text = '<ul>\n<%= for c <- @comments do %>\n  <.row item={c} title="é">{Repo.get(User, c.user_id)}</.row>\n<% end %>\n</ul>';
    const at = (span: { start: number; end: number }) => text.slice(span.start, span.end);
    const loop = only(text, "loop");
    expect(at(loop.generators[0]?.source.span ?? loop.span)).toBe("@comments");
    expect(collect(loop, "call").map((call) => at(call.nameSpan))).toEqual(["row", "Repo.get"]);
    expect(collect(loop, "call").map((call) => at(call.span))).toEqual([
      '<.row item={c} title="é">{Repo.get(User, c.user_id)}</.row>',
      "Repo.get(User, c.user_id)",
    ]);
  });

  it("takes braces for text in scripts, styles, comments and where interpolation is switched off", () => {
    expect(heex("<script>let a = {b: 1}; <%= raw(@x) %></script>")).toBe("<raw(assigns.x)>");
    expect(heex("<style>a { color: red }</style>{@a}")).toBe("<assigns.a>");
    expect(heex("<!-- {a} <%= b() %> -->{@a}")).toBe("<b() assigns.a>");
    expect(heex("<pre phx-no-curly-interpolation>{a}<pre>{b}</pre>{c}</pre>{@a}")).toBe("<assigns.a>");
  });

  it("keeps both kinds of comment apart from code", () => {
    const facts = factsOf("<%!-- {a} --%><%# b() %>{@c}", "page.html.heex");
    expect(facts.topLevel.map(show)).toEqual(["<assigns.c>"]);
    expect(facts.comments.map((comment) => comment.text)).toEqual(["<%!-- {a} --%>", "<%# b() %>"]);
  });

  it("follows braces that nest", () => {
    expect(heex('<p class={["a", %{b: 1}[:b]]}>{%{a: %{b: 1}}}</p>')).toBe('<["a", %{:b => 1}[:b]] %{:a => %{:b => 1}}>');
  });

  it("survives tags that are never closed and closed without being opened", () => {
    expect(heex("<div><p>{@a}</div></b>{@b}<br>{@c}")).toBe("<assigns.a assigns.b assigns.c>");
    expect(heex("a < b {@a}")).toBe("<assigns.a>");
  });

  it("keeps what stands in a block whose tags do not fit together", () => {
    const facts = factsOf("<%= if @x do %>{@b}", "page.html.heex");
    expect(facts.topLevel.map(show)).toEqual(["<?(<assigns.b>)>"]);
    expect(facts.damage).toHaveLength(1);
  });

  it("names damage in embedded code and reads the rest", () => {
    const text = "<p><%= f(1 %></p>{@a}";
    const facts = factsOf(text, "page.html.heex");
    expect(facts.damage).toHaveLength(1);
    expect(facts.topLevel.map(show).join()).toContain("assigns.a");
  });
});

describe("EEx", () => {
  it("reads its tags in whatever text they stand", () => {
    expect(eex("{not code} <.nor this> <%= @name %><% x = 1 %><%= x %> <%% escaped %>")).toBe("<assigns.name x = 1 x>");
  });

  it("reads blocks in old templates too", () => {
    expect(outline("<%= for u <- @users do %><%= u.name %><% end %>", "page.html.leex")).toBe("<for u <- assigns.users {<u.name>}>");
  });
});

describe("~H", () => {
  it("becomes markup in place, with the module's aliases", () => {
    const text = `
defmodule ShopWeb.Page do
  alias ShopWeb.Components.Card
  @title "x"

  def render(assigns) do
    ~H"""
    <Card.box title={@title}>{@body}</Card.box>
    """
  end
end
`;
    const body = functionOf(text, "render").clauses[0]?.body;
    expect(body && show(body)).toBe("<ShopWeb.Components.Card.box([title: assigns.title]) do <assigns.body> end>");
    expect(body && text.slice(body.span.start, body.span.start + 5)).toBe('~H"""');
  });

  it("leaves attributes outside it alone", () => {
    expect(outline('{~H"{@a}", @b}')).toBe("{<assigns.a>, @b}");
    expect(expressionOf("~H(<p>)").kind).toBe("markup");
  });
});
