import type { PairingView, PliApi } from "@pli/engine/api";
import { PliError } from "@pli/engine/errors";
import { expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { CodeExchange } from "../src/ui/pairing/code.tsx";
import { fr } from "../src/words/fr.ts";
import { show, WithApi } from "./screen.tsx";

const pairing: PairingView = {
  id: "p",
  purpose: "person",
  role: "inviter",
  name: "",
  step: "code",
  createdAt: 0,
  expiresAt: 0,
  peer: "Bob",
  say: "0407",
  attemptsLeft: 3,
};

const field = () => page.getByLabelText(fr.code.type("Bob"));

function showCode(options: { view?: Partial<PairingView>; typeCode?: PliApi["typeCode"] } = {}) {
  const typeCode = vi.fn<PliApi["typeCode"]>(options.typeCode ?? (() => Promise.resolve()));
  show(
    <WithApi api={{ typeCode }}>
      <CodeExchange pairing={{ ...pairing, ...options.view }} />
    </WithApi>,
  );
  return typeCode;
}

test("the four digits are read out one by one, a zero in front too", async () => {
  showCode();
  const digits = page.getByRole("img", { name: fr.code.sayLabel("0 4 0 7") });
  await expect.element(digits).toHaveTextContent("0407");
});

test("four digits and Enter are the code; whatever is not a digit is passed over", async () => {
  const typeCode = showCode();
  await expect.element(field()).toHaveFocus();
  await userEvent.keyboard("1 2-x34567");
  await expect.element(field()).toHaveValue("1234");
  await userEvent.keyboard("{Enter}");
  expect(typeCode.mock.calls).toEqual([[{ pairing: "p", digits: "1234" }]]);
});

test("fewer than four digits are not a try", async () => {
  const typeCode = showCode();
  await field().fill("123");
  await userEvent.keyboard("{Enter}");
  expect(typeCode).not.toHaveBeenCalled();
});

test("a wrong code says how many tries are left, empties the field and keeps the focus in it", async () => {
  showCode({ view: { attemptsLeft: 2 }, typeCode: () => Promise.reject(new PliError("code_wrong")) });
  await field().fill("9999");
  await userEvent.keyboard("{Enter}");
  await expect.element(page.getByRole("alert")).toHaveTextContent(fr.code.wrong(2));
  await expect.element(field()).toHaveValue("");
  await expect.element(field()).toHaveFocus();
});

test("nothing is typed, and so nothing lost, while the last four digits are checked", async () => {
  const { promise, reject } = Promise.withResolvers<void>();
  showCode({ typeCode: () => promise });
  await field().fill("9999");
  await userEvent.keyboard("{Enter}");
  await expect.element(field()).toHaveAttribute("readonly");
  await userEvent.keyboard("{Backspace}12");
  await expect.element(field()).toHaveValue("9999");
  reject(new PliError("code_wrong"));
  await expect.element(field()).toHaveValue("");
  await userEvent.keyboard("1234");
  await expect.element(field()).toHaveValue("1234");
});

test("tries lost before the page was opened are shown at once", async () => {
  showCode({ view: { attemptsLeft: 1 } });
  await expect.element(page.getByRole("alert")).toHaveTextContent(fr.code.wrong(1));
});

test("once the code was right there is nothing left to type", async () => {
  showCode({ view: { step: "confirming" } });
  await expect.element(page.getByText(fr.code.right)).toBeVisible();
  await expect.element(field()).not.toBeInTheDocument();
});
