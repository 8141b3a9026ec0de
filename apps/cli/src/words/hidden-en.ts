export const hiddenEn = {
  name: "What the hidden profile is called: ",
  keep: "Passphrase of a hidden profile that is to stay (nothing if there is none): ",
  risk: "Nobody can tell whether something is hidden here already. A hidden profile whose passphrase you do not give can be lost now.",
  sure: "Whatever is hidden here will be lost, and nothing brings it back. Type yes to go on: ",
  yes: "yes",
  made: "There is room for two hidden profiles. Add one with pli hidden add.",
  removed: "The room is gone, with whatever was hidden in it.",
  notRemoved: "Nothing was removed.",
  added:
    "The hidden profile is made. Its passphrase opens it. Open the other profile afterwards, so that its last use is the latest.",
};
