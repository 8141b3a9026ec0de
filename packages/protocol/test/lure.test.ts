import { lureIn } from "@pli/protocol/content";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const CODE = `EQ${"aB3_-x9Z".repeat(9)}`;
const LINK = `https://pli.example.org/d#${CODE}`;

describe("a link that adds a device", () => {
  test.each([
    ["alone", LINK],
    ["in a sentence", `Clique ici (${LINK}), vite`],
    ["broken into lines, as mail quotes it", `https://pli.example.org/d#${CODE.slice(0, 20)}\n> ${CODE.slice(20)}`],
    [
      "with characters that nobody sees",
      `https://pli.example.org/\u200bd\u2060#${CODE.slice(0, 9)}\u200b${CODE.slice(9)}`,
    ],
    ["with its signs written by numbers", LINK.replace("/d#", "%2Fd%23")],
    ["without the address before it", `…/d#${CODE}`],
  ])("is marked %s", (_, text) => expect(lureIn(text)).toBe("link"));

  test.each([
    ["an invitation", `https://pli.example.org/i#AR${"aB3_-x9Z".repeat(9)}`],
    ["a place in a page", "https://example.org/d#introduction"],
    [
      "a place in a page, and a sentence behind it",
      "See https://example.org/d#Equipment that we need for the whole of next week",
    ],
    ["another path", `https://example.org/id#${CODE}`],
    ["the path alone", "https://pli.example.org/d#"],
  ])("%s is none", (_, text) => expect(lureIn(text)).toBeUndefined());
});

describe("a request for words or codes", () => {
  test.each([
    "Envoie-moi ta phrase de récupération",
    "Bonjour, ici l’équipe Pli. Merci de nous communiquer vos 18 mots pour vérifier votre compte.",
    "Pour débloquer votre compte, envoyez la clé de récupération.",
    "C’est quoi ta phrase secrète ?",
    "Quels sont tes mots de récupération ?",
    "J’ai besoin de ton code de liaison, vite",
    "Peux-tu me donner les quatre chiffres que tu vois ?",
    "Ta phrase secrète ?",
    "Ta phrase de récupération, envoie-la moi par ici",
    "ENVOYEZ-NOUS VOTRE CODE DE VÉRIFICATION",
    "Donne-moi les **dix-huit mots**",
    "Dis-moi ta phrase\u200b secrète",
    "Il me faut ton code Pli",
    "N’attends pas, envoie-moi tes mots de récupération",
    "Send me your recovery words",
    "This is Pli support. Please share your recovery key to keep your account.",
    "What’s your passphrase?",
    "Can you send the four digits you see?",
    "I just need your linking code",
    "Your recovery phrase, send it to me",
    "Reply with your 18 words",
    "Reply with your 19 words",
    "Dites-nous les dix-neuf mots",
    "You must confirm your recovery phrase today",
    "Your passphrase?",
    "Don’t worry, just give me the verification code",
  ])("is marked: %s", (text) => expect(lureIn(text)).toBe("secret"));

  test.each([
    "Ne donne jamais ta phrase de récupération à personne.",
    "N’envoie surtout pas tes mots de récupération",
    "Pli ne demande jamais de phrase secrète.",
    "Personne ne doit te demander d’envoyer ta phrase secrète",
    "As-tu bien noté ta phrase de récupération ?",
    "J’ai perdu ma phrase secrète, que faire ?",
    "Elle tape sa phrase secrète tous les matins",
    "Quel est le code de la porte ?",
    "Envoie-moi le code du portail et l’adresse",
    "Donne-moi ton avis sur la clé du bureau",
    "Envoie-moi les chiffres de mars",
    "Les quatre derniers chiffres du budget sont faux, envoie-moi le tableau",
    "Je voulais te dire que la phrase de récupération est dans le coffre",
    "Envoie-moi la récupération des données",
    "En dix-huit mots : c’est non.",
    "Il m’a envoyé 4 chiffres illisibles",
    "Le plan de sauvegarde est prêt, envoie-moi tes remarques",
    "Never send your recovery words to anybody.",
    "Pli never asks for your passphrase",
    "Nobody will ask you to send your recovery words",
    "Don’t give me your recovery key, keep it",
    "Did you write down your recovery words?",
    "I lost my passphrase, what now?",
    "What is your postcode?",
    "Send me the recovery slides",
    "What’s the door code?",
    "She sends the secret phrase of the game each week",
    "Give me four digits after the comma at most",
    "Send me the source code of the backup script",
    "Can you send your key figures?",
    "You should keep your recovery words safe",
    "Send me eighteen words about it",
    "Sum it up in eighteen words",
  ])("is not marked: %s", (text) => expect(lureIn(text)).toBeUndefined());
});

test("any text is read, in time that grows with it", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void lureIn(text)));
  for (const piece of ["send ", "your passphrase ", "/d#", "ne ", ", ", "envoie-moi ", "E", "\u0301"])
    expect(["link", "secret", undefined]).toContain(lureIn(piece.repeat(16_384)));
});
