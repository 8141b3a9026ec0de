/* Pairing and linking: two exchanges of one form, searched whole by Spin. docs/models.md says how to read this.

   Alice shows a link and Bob opens it. Between two people both want a contact. When a person links a device, Alice is
   the new device and Bob the old one. Eve has a picture of the link and is the network: she reads, changes, invents and
   withholds every message. She may also be a person to whom Alice or Bob speak. She has no other's voice.

   Codes are short: who knows a transcript and one nonce finds another nonce that gives any wanted code ("chosen"). */

/* COMMITMENT. Alice takes only the nonce that the hello committed to, and for what the hello said.
   Attack: Bob opens a link of Eve > Bob has his code > Alice reads a hello of Eve
   > Eve chooses the nonce that gives Bob's code > Alice accepts eve > broken: wrong_person. */
#ifndef COMMITMENT
#define COMMITMENT true
#endif

/* REVEAL_LATE. Bob's nonce leaves only when the answer with Alice's is there.
   Attack: Bob's nonce leaves with his hello > Alice has her code > Eve chooses the nonce that gives Alice's code
   > Alice accepts eve > broken: wrong_person. */
#ifndef REVEAL_LATE
#define REVEAL_LATE true
#endif

/* TYPED_BY_ALICE. Alice accepts only after the digits that she hears were typed.
   Attack: Alice reads a hello of Eve > Alice types nothing > Alice accepts eve > broken: wrong_person. */
#ifndef TYPED_BY_ALICE
#define TYPED_BY_ALICE true
#endif

/* TYPED_BY_BOB. The same for Bob; he is the old device when a device is linked.
   Attack: Bob reads an answer of Eve > Bob types nothing > Bob accepts eve > broken: wrong_person. */
#ifndef TYPED_BY_BOB
#define TYPED_BY_BOB true
#endif

/* HALVES_DIFFER. Each reads out one half of the code and expects the other. Somebody may repeat what he has heard.
   Attack: repeats the digits > accepts eve > broken: wrong_person. */
#ifndef HALVES_DIFFER
#define HALVES_DIFFER true
#endif

/* PURPOSE_BOUND. What the exchange is for is in the commitment and in the transcript.
   Attack: Eve writes another purpose into the link > accepts > broken: wrong_purpose. */
#ifndef PURPOSE_BOUND
#define PURPOSE_BOUND true
#endif

/* PURPOSE_SAID. Bob's device says what the link is for, and he proceeds only if that is what he wants.
   Attack: Eve's link links a device, and Bob wants a contact > Eve reads out digits to Bob
   > Bob accepts eve for a device > broken: keys_given_away. */
#ifndef PURPOSE_SAID
#define PURPOSE_SAID true
#endif

/* DAY_OF_WAITING. An old device that its owner has not unlocked within the hour gives nothing for a day: the owner sees
   what waits, and cancels it.
   Attack: Eve holds Bob's device while he is away > Bob accepts eve for a device > broken: keys_given_away. */
#ifndef DAY_OF_WAITING
#define DAY_OF_WAITING true
#endif

/* ONE_PERSON. A link serves one exchange.
   Attack: Alice accepts > Eve opens the same link > Alice accepts a second person > broken: two_of_one_link. */
#ifndef ONE_PERSON
#define ONE_PERSON true
#endif

/* Not a guard: with HONEST=true the end of an honest exchange counts as broken, so that a search shows it is reached. */
#ifndef HONEST
#define HONEST false
#endif

mtype = { alice, bob, eve, contact, device, nonce_of_alice, nonce_of_bob, nonce_of_eve, chosen,
          wrong_person, wrong_purpose, other_transcript, keys_given_away, two_of_one_link, honest_end };

#define broken(property) printf("broken: %e\n", property); assert(false)

/* What people want, and whose digits they hear. */
mtype purposeA, wantB, hearsA, hearsB;
bool ownerAtB;

/* What Bob read in the link and made of it. */
mtype bundleB, purposeB;
/* What reached each side: the card and the nonce; whether Alice holds Bob's own commitment. */
mtype cardA, nonceA, cardB, nonceB;
bool bobsCommitment;
/* What has happened. */
bool helloOfB, answerOfA, revealOfB, codeA, codeB, acceptedA, acceptedB;

#define SAME_PURPOSE (purposeA == purposeB)
#define SAME_TRANSCRIPT (bobsCommitment && bundleB == alice && cardA == bob && cardB == alice \
                         && (SAME_PURPOSE || !PURPOSE_BOUND))
#define SAME_NONCES (nonceA == nonce_of_bob && nonceB == nonce_of_alice)
#define SAME_CODE ((SAME_TRANSCRIPT && SAME_NONCES) || nonceA == chosen || nonceB == chosen)
#define OPENS_BOBS_COMMITMENT (nonceA == nonce_of_bob && bundleB == alice && cardA == bob \
                               && (SAME_PURPOSE || !PURPOSE_BOUND))
#define OPENS_COMMITMENT ((bobsCommitment && OPENS_BOBS_COMMITMENT) || (!bobsCommitment && nonceA == nonce_of_eve))

inline choose() {
  atomic {
    if :: purposeA = contact :: purposeA = device fi;
    if :: wantB = contact :: wantB = device fi;
    /* A person's own devices hear that person only. */
    if :: hearsA = bob :: purposeA == contact -> hearsA = eve fi;
    if :: hearsB = alice :: wantB == contact -> hearsB = eve fi;
    ownerAtB = true;
    if
    :: true
    :: wantB == device -> ownerAtB = false; hearsB = eve; printf("Eve holds Bob's device while he is away\n")
    fi
  }
}

inline endedHonestly() {
  if
  :: HONEST && acceptedA && acceptedB && hearsA == bob && hearsB == alice -> broken(honest_end)
  :: else
  fi
}

inline acceptA() {
  acceptedA = true;
  printf("Alice accepts %e for a %e\n", cardA, purposeA);
  if
  :: hearsA == bob && cardA != bob -> broken(wrong_person)
  :: hearsA == bob && cardA == bob && codeB && !SAME_PURPOSE -> broken(wrong_purpose)
  :: hearsA == bob && cardA == bob && (!codeB || SAME_PURPOSE) && !(codeB && SAME_TRANSCRIPT && SAME_NONCES) ->
     broken(other_transcript)
  :: else
  fi;
  endedHonestly()
}

inline acceptB() {
  acceptedB = true;
  printf("Bob accepts %e for a %e\n", cardB, purposeB);
  if
  :: hearsB == eve && purposeB == device -> broken(keys_given_away)
  :: hearsB == alice && cardB != alice -> broken(wrong_person)
  :: hearsB == alice && cardB == alice && codeA && !SAME_PURPOSE -> broken(wrong_purpose)
  :: hearsB == alice && cardB == alice && (!codeA || SAME_PURPOSE) && !(codeA && SAME_TRANSCRIPT && SAME_NONCES) ->
     broken(other_transcript)
  :: else
  fi;
  endedHonestly()
}

proctype Alice() {
  atomic {
    if
    :: printf("Alice reads a hello of Eve\n")
    :: helloOfB -> bobsCommitment = true; printf("Alice reads the hello with Bob's commitment\n")
    fi;
    if :: cardA = eve :: cardA = bob fi;
    answerOfA = true
  }
  atomic {
    if
    :: nonceA = nonce_of_eve
    :: revealOfB -> nonceA = nonce_of_bob
    :: codeB -> nonceA = chosen; printf("Eve chooses the nonce that gives Bob's code\n")
    fi;
    !COMMITMENT || OPENS_COMMITMENT;
    codeA = true;
    printf("Alice has her code\n")
  }
  atomic {
    if
    :: !TYPED_BY_ALICE -> printf("Alice types nothing\n")
    :: hearsA == eve -> printf("Eve reads out digits to Alice\n")
    :: hearsA == bob && codeB && SAME_CODE -> printf("Bob reads out digits to Alice\n")
    :: hearsA == bob && !HALVES_DIFFER -> printf("Bob repeats the digits that Alice reads out\n")
    fi;
    acceptA()
  }
  atomic {
    !ONE_PERSON && purposeA == contact;
    printf("Eve opens the same link\n");
    printf("Alice accepts a second person, whose voice she hears\n");
    broken(two_of_one_link)
  }
}

proctype Bob() {
  mtype said;
  atomic {
    if :: bundleB = eve; printf("Bob opens a link of Eve\n") :: bundleB = alice fi;
    if :: said = purposeA :: said = contact :: said = device fi;
    if
    :: bundleB == alice && said != purposeA -> printf("Eve writes another purpose into the link\n")
    :: bundleB == eve && said == device && wantB == contact ->
       printf("Eve's link links a device, and Bob wants a contact\n")
    :: else
    fi;
    !PURPOSE_SAID || said == wantB;
    purposeB = said;
    helloOfB = true;
    if
    :: !REVEAL_LATE -> revealOfB = true; printf("Bob's nonce leaves with his hello\n")
    :: else
    fi
  }
  atomic {
    if
    :: cardB = eve; nonceB = nonce_of_eve; printf("Bob reads an answer of Eve\n")
    :: cardB = alice; nonceB = nonce_of_eve; printf("Bob reads an answer of Eve\n")
    :: answerOfA -> cardB = eve; nonceB = nonce_of_alice; printf("Bob reads an answer of Eve\n")
    :: answerOfA -> cardB = alice; nonceB = nonce_of_alice; printf("Bob reads Alice's answer\n")
    :: revealOfB && codeA -> cardB = eve; nonceB = chosen; printf("Eve chooses the nonce that gives Alice's code\n")
    :: revealOfB && codeA -> cardB = alice; nonceB = chosen; printf("Eve chooses the nonce that gives Alice's code\n")
    fi;
    revealOfB = true;
    codeB = true;
    printf("Bob has his code\n")
  }
  atomic {
    if
    :: !TYPED_BY_BOB && hearsB == alice -> printf("Bob types nothing\n")
    :: hearsB == eve -> printf("Eve reads out digits to Bob\n")
    :: hearsB == alice && codeA && SAME_CODE -> printf("Alice reads out digits to Bob\n")
    :: hearsB == alice && !HALVES_DIFFER -> printf("Alice repeats the digits that Bob reads out\n")
    fi;
    !DAY_OF_WAITING || ownerAtB;
    acceptB()
  }
}

init {
  choose();
  atomic { run Alice(); run Bob() }
}
