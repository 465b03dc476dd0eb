# Formats source text the way `mix format` would, without running any of it: requests come on standard input, one a line, and each is
# answered by one line. A line holds base64 words: the text, the text before the change (or -), and the project's formatter settings (or -).
# Exports of dependencies are not at hand, so calls may stay without parentheses where the text before had them so, or a known library's may.
defmodule Guard.Format do
  @libraries ~w(
    from dynamic schema embedded_schema field belongs_to has_one has_many many_to_many embeds_one embeds_many timestamps add add_if_not_exists
    alter create create_if_not_exists drop drop_if_exists execute modify remove remove_if_exists rename flush plug pipe_through pipeline scope
    resources get post put patch delete options head connect trace forward live live_session live_dashboard socket channel action_fallback
    attr slot embed_templates on_mount intercept assert_reply assert_push refute_push assert_broadcast object query mutation subscription
    input_object arg resolve middleware import_types import_fields assert_reply assert_enqueued refute_enqueued attribute attributes identity
    adapter base_url belongs_to config
  )a

  def serve do
    case IO.read(:stdio, :line) do
      line when is_binary(line) ->
        line |> String.trim() |> String.split(" ") |> Enum.map(&decode/1) |> answer() |> IO.puts()
        serve()

      _ended ->
        :ok
    end
  end

  defp answer([text, before, settings]) do
    options = options(settings)
    kept = Keyword.get(options, :locals_without_parens, [])
    names = Enum.uniq(@libraries ++ without_parens(before))
    options = Keyword.put(options, :locals_without_parens, kept ++ Enum.map(names, &{&1, :*}))
    formatted = Code.format_string!(text, Keyword.take(options, [:line_length, :locals_without_parens, :force_do_end_blocks]))
    "formatted " <> Base.encode64(IO.iodata_to_binary([formatted, ?\n]))
  rescue
    error -> "failed " <> Base.encode64(Exception.message(error))
  end

  defp decode("-"), do: nil
  defp decode(word), do: Base.decode64!(word)

  # Settings are read as data: only what is written as a literal counts.
  defp options(nil), do: []

  defp options(settings) do
    with {:ok, quoted} <- Code.string_to_quoted(settings), true <- Keyword.keyword?(quoted) do
      Enum.filter(quoted, fn {_key, value} -> Macro.quoted_literal?(value) end)
    else
      _ -> []
    end
  end

  defp without_parens(nil), do: []

  defp without_parens(text) do
    case Code.string_to_quoted(text, token_metadata: true) do
      {:ok, quoted} -> quoted |> Macro.prewalk([], &collect/2) |> elem(1)
      {:error, _} -> []
    end
  end

  defp collect({name, meta, [_ | _]} = node, names) when is_atom(name) do
    if Macro.operator?(name, 2) or Macro.operator?(name, 1) or meta[:closing], do: {node, names}, else: {node, [name | names]}
  end

  defp collect(node, names), do: {node, names}
end

Guard.Format.serve()
