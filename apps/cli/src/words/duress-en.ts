export const duressEn = {
  what: "Typed wherever Pli asks for the passphrase, the duress passphrase erases this profile, its key first, and opens a fresh, empty one instead. It asks nothing before. Only your recovery words bring the profile back, without its messages.",
  name: "What the fresh profile is called: ",
  set: "The duress passphrase is set. Choose one that you do not type by mistake. Nothing says that there is one.",
  removed: "There is no duress passphrase.",
};
