import { expect, test } from "vitest";
import { composer, usePages } from "./open-page.js";

const openPage = usePages();

test("a dialog is filled in with the keyboard, says what is wrong, and gives the focus back", async () => {
  const sent: unknown[] = [];
  const plainText = (text: string) => ({ type: "plain_text" as const, text });
  const { page, faults } = await openPage((app) => {
    app.command("/guard", async ({ command, ack, client }) => {
      await ack();
      const choice = (value: string) => ({ text: plainText(value), value });
      const blocks = [
        { type: "section", text: { type: "mrkdwn", text: "*High* · `Repo.get` in a loop" } },
        {
          type: "input",
          block_id: "reason",
          label: plainText("Why is it not a problem here?"),
          element: { type: "plain_text_input", action_id: "reason", multiline: true },
        },
        {
          type: "input",
          block_id: "reach",
          label: plainText("How far does that hold?"),
          element: {
            type: "radio_buttons",
            action_id: "reach",
            options: ["here", "everywhere"].map(choice),
            initial_option: choice("here"),
          },
        },
      ];
      const view = { type: "modal" as const, title: plainText("Reject problem 1"), submit: plainText("Reject"), blocks: blocks as never };
      await client.views.open({ trigger_id: command.trigger_id, view });
    });
    app.view(/.*/, async ({ view, ack }) => {
      sent.push(view.state.values);
      await (sent.length === 1 ? ack({ response_action: "errors", errors: { reason: "Say a little more" } }) : ack());
    });
  });
  await composer(page).fill("/guard reject");
  await composer(page).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Reject problem 1" });
  await dialog.getByRole("textbox", { name: "Why is it not a problem here?" }).fill("ten rows");
  await dialog.getByRole("radio", { name: "here", exact: true }).press("ArrowDown");
  await dialog.getByRole("button", { name: "Reject", exact: true }).press("Enter");
  await dialog.getByRole("alert").filter({ hasText: "Say a little more" }).waitFor();
  await dialog.getByRole("button", { name: "Reject", exact: true }).press("Enter");
  await dialog.waitFor({ state: "detached" });
  expect(sent.at(-1)).toMatchObject({
    reason: { reason: { value: "ten rows" } },
    reach: { reach: { selected_option: { value: "everywhere" } } },
  });
  expect(faults).toEqual([]);
});
