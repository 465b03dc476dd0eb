defmodule Shop.Orders.Totals do
  @moduledoc "Keeps a running total of what was sold today."
  use GenServer

  def start_link(_options), do: GenServer.start_link(__MODULE__, 0, name: __MODULE__)

  def add(cents), do: GenServer.cast(__MODULE__, {:add, cents})

  def today, do: GenServer.call(__MODULE__, :today)

  @impl true
  def init(total), do: {:ok, total}

  @impl true
  def handle_cast({:add, cents}, total), do: {:noreply, total + cents}

  @impl true
  def handle_call(:today, _from, total), do: {:reply, total, total}
end
