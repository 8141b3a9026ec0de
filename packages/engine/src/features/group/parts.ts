import type { Kit } from "../../kit.ts";
import type { OwnLeaves } from "../devices/own-leaves.ts";
import type { Tx } from "../../runtime/context.ts";
import { createAnswers } from "./answers.ts";
import { createArrivals } from "./arrivals.ts";
import { createAsking } from "./asking.ts";
import { createBringing } from "./bringing.ts";
import { createCatchUp } from "./catch-up.ts";
import { createChanges } from "./changes.ts";
import { createConsents } from "./consents.ts";
import { createDoubts } from "./doubts.ts";
import { createEntering } from "./entering.ts";
import { createFirstJoins } from "./first-joins.ts";
import { createForks } from "./forks.ts";
import { createFreshEpochs } from "./fresh-epochs.ts";
import { createHistory } from "./history.ts";
import { createJoining } from "./joining.ts";
import { createKeyPackages } from "./key-packages.ts";
import { createLeaving } from "./leaving.ts";
import { createNewcomers } from "./newcomers.ts";
import { createOffers } from "./offers.ts";
import { createOpenQuestions } from "./open-questions.ts";
import { createPendingChanges } from "./pending-changes.ts";
import { createPeople } from "./people.ts";
import { createPictures } from "./pictures.ts";
import { createQuestions } from "./questions.ts";
import { createSuccessors } from "./successors.ts";
import { createRejoinAnswers } from "./rejoin-answers.ts";
import { createGroupRejoining } from "./rejoin.ts";
import { createRemovals } from "./removals.ts";
import { createRepairs } from "./repairs.ts";
import { createReturns } from "./returns.ts";
import { createSentAgain } from "./sent-again.ts";
import { createTalk } from "./talk.ts";
import { createGroupView } from "./view.ts";
import { createWays } from "./ways.ts";
import { createWelcomeObjects } from "./welcome-objects.ts";

/** The parts of the feature. */
export type GroupParts = ReturnType<typeof createGroupParts>;

/** Ties the parts together; each is given only parts that were made before it. */
export function createGroupParts(kit: Kit, { ownLeaves }: { ownLeaves: OwnLeaves }) {
  const { context, sending } = kit;
  const talk = createTalk(sending);
  const people = createPeople(context, { ...kit, talk });
  const history = createHistory(context, kit);
  const keyPackages = createKeyPackages(context, { ...kit, talk });
  const pictures = createPictures(context, kit);
  const offers = createOffers(context, { ...kit, talk });
  const changes = createChanges(context, { ...kit, keyPackages, history, offers, ownLeaves });
  const catchUp = createCatchUp(context, kit);
  const successors = createSuccessors(context, { ...kit, keyPackages, changes, history, talk });
  const bringing = createBringing(context, { changes });
  const rejoinAnswers = createRejoinAnswers(context, { ...kit, talk });
  const returns = createReturns(context, { ...kit, bringing, changes, rejoinAnswers, successors });
  const removals = createRemovals(context, { ...kit, history });
  const consents = createConsents(context, { keyPackages, talk });
  const rejoining = createGroupRejoining(context, { ...kit, consents, successors, talk });
  const leaving = createLeaving(context, { ...kit, changes, consents, history, rejoining, talk });
  const openQuestions = createOpenQuestions(context, { ...kit, leaving, talk });
  const answers = createAnswers(context, { ...kit, leaving, openQuestions, talk });
  const asking = createAsking({ ...kit, talk });
  const questions = createQuestions(context, { ...kit, asking, leaving, openQuestions, talk });
  const firstJoins = createFirstJoins(context, { ...kit, consents, leaving, questions, talk });
  const doubts = createDoubts(context, kit);
  const forks = createForks(context, { ...kit, catchUp, history, rejoining, doubts, rejoinAnswers, talk });
  const newcomers = createNewcomers(context, { ...kit, talk, successors });
  const arrivals = createArrivals({ ...kit, forks, history, successors, rejoining });
  const objects = createWelcomeObjects(context, { ...kit, talk });
  const ways = createWays(context, { ...kit, answers, talk, objects });
  const arriving = { ...kit, arrivals, firstJoins, history, people, pictures, rejoining };
  const entering = createEntering(context, arriving);
  const leading = { ...kit, doubts, entering, objects, questions, rejoining, successors, talk, ways };
  const joining = createJoining(context, leading);
  const fresh = createFreshEpochs(context, { ...kit, changes });
  const repair = createRepairs({ forks, fresh, rejoining, successors });
  const pendingChanges = createPendingChanges({ keyPackages, offers });
  const sentAgain = createSentAgain(kit, { talk });
  const view = createGroupView({ ...kit, pendingChanges, rejoining, successors });

  /** Those who do not want to come are not added. */
  async function heedRefusals(tx: Tx): Promise<void> {
    for (const { conversation, contact, why } of await offers.refusals(tx))
      await changes.unwant(tx, conversation, contact, why);
  }

  return {
    answers,
    asking,
    bringing,
    catchUp,
    changes,
    entering,
    firstJoins,
    forks,
    fresh,
    heedRefusals,
    history,
    joining,
    keyPackages,
    leaving,
    newcomers,
    offers,
    ownLeaves,
    people,
    pictures,
    questions,
    repair,
    successors,
    rejoinAnswers,
    rejoining,
    removals,
    returns,
    sentAgain,
    view,
    ways,
  };
}
