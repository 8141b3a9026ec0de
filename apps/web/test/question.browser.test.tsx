import type { GroupQuestionView, PliApi } from "@pli/engine/api";
import { expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import { OpenQuestions } from "../src/ui/group/questions/open-questions.tsx";
import { QuestionScreen } from "../src/ui/group/questions/question.tsx";
import { fr } from "../src/words/fr.ts";
import { contact, fakeApi } from "./fake.ts";
import { show, WithApi } from "./screen.tsx";

const say = fr.group.questions;

const question = (change: Partial<GroupQuestionView> = {}): GroupQuestionView => ({
  id: "q",
  from: { id: "id-Camille", name: "Camille" },
  why: "offered",
  at: 0,
  name: "Chorale",
  members: 12,
  until: Date.UTC(2026, 11, 8),
  ...change,
});

function showQuestion(change: Partial<GroupQuestionView> = {}, id = "q") {
  const answerGroupQuestion = vi.fn<PliApi["answerGroupQuestion"]>(() => Promise.resolve());
  const values = { groupQuestions: [question(change)], contact: contact("Camille") };
  show(
    <WithApi api={fakeApi(values, { answerGroupQuestion })}>
      <OpenQuestions />
      <QuestionScreen id={id} />
    </WithApi>,
  );
  return answerGroupQuestion;
}

const button = (name: string) => page.getByRole("button", { name, exact: true });

test("says who asks and into what, and takes a yes", async () => {
  const answer = showQuestion();
  await expect.element(page.getByRole("heading", { name: say.offered("Camille", "Chorale") })).toBeVisible();
  await expect.element(page.getByText(fr.group.membersCount(12))).toBeVisible();
  await expect.element(page.getByRole("link", { name: /^Camille/u })).toHaveAttribute("href", "/question/q");
  await button(say.accept).click();
  expect(answer).toHaveBeenCalledExactlyOnceWith({ question: "q", accept: true });
});

test("names a store that the device would call", async () => {
  const answer = showQuestion({ store: "https://store.example" });
  await expect.element(page.getByText("https://store.example")).toBeVisible();
  await expect.element(button(say.accept)).not.toBeInTheDocument();
  await button(say.acceptStore).click();
  expect(answer).toHaveBeenCalledExactlyOnceWith({ question: "q", accept: true });
});

test("offers no yes where the store's address lies within a network", async () => {
  const answer = showQuestion({ store: "http://192.168.0.1", isPrivate: true });
  await expect.element(page.getByText(say.isPrivate)).toBeVisible();
  await expect.element(button(say.acceptStore)).not.toBeInTheDocument();
  await button(say.decline).click();
  expect(answer).toHaveBeenCalledExactlyOnceWith({ question: "q", accept: false });
});

test("what is over is only put away", async () => {
  const answer = showQuestion({ over: "withdrawn" });
  await expect.element(page.getByText(say.over.withdrawn)).toBeVisible();
  await expect.element(button(say.accept)).not.toBeInTheDocument();
  await button(say.putAway).click();
  expect(answer).toHaveBeenCalledExactlyOnceWith({ question: "q", accept: false });
});

test("one that has gone says so", async () => {
  showQuestion({}, "another");
  await expect.element(page.getByRole("heading", { name: say.gone })).toBeVisible();
});
