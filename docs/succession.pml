/* Succession, searched whole by Spin. docs/models.md says how to read this.

   Alice has a phone, a laptop and a tablet. A thief holds the tablet: its whole state, so the keys, the pairwise secrets
   and the backup secret of generation 0, and its leaf in every conversation. Alice types the recovery key on the phone.
   The phone then makes generation 1: a step (card and list), commits that remove the old leaves, new pairwise secrets, a
   new backup secret, and the keys for the laptop. The operator gives each of it to each reader at any time or never. The
   thief does what he can with what he has, before and after. Contacts of Alice are Bob and Carol.

   "Later" is what an honest person writes who has seen generation 1. */

/* LIST_REFUSED. Who has seen a generation takes no list of a lower one.
   Attack: Alice types the recovery key > Bob reads the step > Bob takes a list of the thief > broken: convinced. */
#ifndef LIST_REFUSED
#define LIST_REFUSED true
#endif

/* CARD_REFUSED. Nor a card of a lower one, in a new pairing neither.
   Attack: Alice types the recovery key > Bob reads the step > Bob takes a card of the thief > broken: convinced. */
#ifndef CARD_REFUSED
#define CARD_REFUSED true
#endif

/* LEAF_REFUSED. Nor a commit that adds a leaf of a lower one, whoever makes it.
   Attack: Alice types the recovery key > adds a leaf of the thief > broken: device_added. */
#ifndef LEAF_REFUSED
#define LEAF_REFUSED true
#endif

/* RETURN_REFUSED. Nor does it answer a beacon or a re-join that the keys of a lower one sign.
   Attack: Alice types the recovery key > Bob reads the step > Bob brings the thief back > broken: device_added. */
#ifndef RETURN_REFUSED
#define RETURN_REFUSED true
#endif

/* SENDERS_PRESENT. Nor does it show a message of a leaf of a lower one that is still in the conversation.
   Attack: Alice types the recovery key > shows a message of the thief > broken: convinced. */
#ifndef SENDERS_PRESENT
#define SENDERS_PRESENT true
#endif

/* READERS_PRESENT. Who has seen a generation writes nothing while a leaf of a lower one is in the conversation: the
   operator may hold the removal back.
   Attack: Alice types the recovery key > writes > the thief opens it > broken: later_opened. */
#ifndef READERS_PRESENT
#define READERS_PRESENT true
#endif

/* ALL_REMOVED. The commit removes every leaf that is not in the new list, not the stolen device's alone.
   Attack: adds a leaf of the thief > Alice types the recovery key > broken: keys_opened. */
#ifndef ALL_REMOVED
#define ALL_REMOVED true
#endif

/* KEYS_LAST. The laptop gets the new keys when the commit has removed the thief from the conversation of own devices.
   Attack: Alice types the recovery key > the phone sends the laptop the new keys > broken: keys_opened. */
#ifndef KEYS_LAST
#define KEYS_LAST true
#endif

/* GENERATION_SAID. Every message says the generation, so a contact from whom the step is withheld finds out.
   Attack: Alice types the recovery key > Bob reads a later message > Bob takes a list of the thief
   > broken: withholding_unnoticed. */
#ifndef GENERATION_SAID
#define GENERATION_SAID true
#endif

/* PAIRWISE_RENEWED. Who has seen a generation opens no beacon by a pairwise secret of a lower one.
   Attack: Alice types the recovery key > Bob reads the step > Bob opens a beacon > broken: later_opened. */
#ifndef PAIRWISE_RENEWED
#define PAIRWISE_RENEWED true
#endif

/* BACKUP_RENEWED. Backups are sealed by the secret of the present generation.
   Attack: Alice types the recovery key > the phone writes a backup > the thief opens the backup > broken: later_opened. */
#ifndef BACKUP_RENEWED
#define BACKUP_RENEWED true
#endif

/* HIGHEST_RESTORED. Restoring takes the newest backup of the highest generation that has one.
   Attack: the phone writes a backup > the thief writes a newer backup > Alice restores > broken: backup_replaced. */
#ifndef HIGHEST_RESTORED
#define HIGHEST_RESTORED true
#endif

/* Not a guard: with DONE=true it counts as broken when all honest have what generation 1 brings and write, so that a
   search shows that this is reached. */
#ifndef DONE
#define DONE false
#endif

/* How many contacts: Bob, then Carol; all others count as Carol. */
#ifndef CONTACTS
#define CONTACTS 1
#endif

mtype = { phone, laptop, Bob, Carol,
          convinced, device_added, later_opened, keys_opened, withholding_unnoticed, backup_replaced, done };

#define broken(property) printf("broken: %e\n", property); assert(false)

#define PHONE 0
#define LAPTOP 1
#define BOB 2
#define PEOPLE (2 + CONTACTS)
#define nameOf(who) (who == PHONE -> phone : (who == LAPTOP -> laptop : (who == BOB -> Bob : Carol)))

/* What Alice's phone has made. */
bool step, removal, keysSent, later;
/* What each knows: whether generation 1 is seen, by the step or by a message; which leaves of the thief are in the epoch
   that it is in (the laptop's is that of the conversation of own devices); the pairwise secret's generation. */
bool seen[PEOPLE], heard[PEOPLE], removed[PEOPLE], renewed[PEOPLE], hasKeys;
bool tabletIn[PEOPLE], addedIn[PEOPLE];
/* Whether a backup of generation 1 is in the store, and whose backup is the newest. */
bool written, thiefWroteLast;

#define THIEF_IN(who) (tabletIn[who] || addedIn[who])
#define REFUSES(who, guard) (seen[who] && guard)

/* `who` has accepted something that only keys of generation 0 vouch for. */
inline accepted(who, property) {
  if
  :: seen[who] -> broken(property)
  :: heard[who] && !seen[who] -> broken(withholding_unnoticed)
  :: else
  fi
}

inline applyRemoval(who) {
  removed[who] = true;
  tabletIn[who] = false;
  if :: ALL_REMOVED -> addedIn[who] = false :: else fi
}

proctype Phone() {
  atomic { printf("Alice types the recovery key\n"); step = true; seen[PHONE] = true }
  do
  :: atomic { !removal -> removal = true; applyRemoval(PHONE); printf("the phone removes the old leaves\n") }
  :: atomic {
       !keysSent && (removal || !KEYS_LAST) ->
       keysSent = true;
       printf("the phone sends the laptop the new keys\n");
       if :: THIEF_IN(PHONE) -> printf("the thief opens it\n"); broken(keys_opened) :: else fi
     }
  :: atomic {
       !later && (!THIEF_IN(PHONE) || !READERS_PRESENT) ->
       later = true;
       printf("the phone writes\n");
       if :: THIEF_IN(PHONE) -> printf("the thief opens it\n"); broken(later_opened) :: else fi
     }
  :: atomic {
       !written ->
       written = true;
       thiefWroteLast = false;
       printf("the phone writes a backup\n");
       if :: !BACKUP_RENEWED -> printf("the thief opens the backup\n"); broken(later_opened) :: else fi
     }
  od
}

/* What the operator gives to somebody, and what they do. */
proctype Person(byte who) {
  do
  :: atomic { step && !seen[who] -> seen[who] = true; printf("%e reads the step\n", nameOf(who)) }
  :: atomic { removal && !removed[who] -> applyRemoval(who); printf("%e reads the removal\n", nameOf(who)) }
  :: atomic {
       later && removed[who] && !heard[who] ->
       heard[who] = true;
       printf("%e reads a later message\n", nameOf(who));
       if :: GENERATION_SAID -> seen[who] = true :: else fi
     }
  :: atomic { who == LAPTOP && keysSent && removed[who] && !hasKeys -> hasKeys = true; seen[who] = true }
  :: atomic { who >= BOB && step && !renewed[who] -> renewed[who] = true }
  :: atomic {
       seen[who] && THIEF_IN(who) && !READERS_PRESENT ->
       printf("%e writes\n", nameOf(who));
       printf("the thief opens it\n");
       broken(later_opened)
     }
  :: atomic {
       who >= BOB && seen[who] && !renewed[who] && !PAIRWISE_RENEWED ->
       printf("%e opens a beacon\n", nameOf(who));
       printf("the thief opens it\n");
       broken(later_opened)
     }
  :: atomic { DONE && who >= BOB && heard[who] && renewed[who] && hasKeys && !THIEF_IN(who) -> broken(done) }
  od
}

/* What the thief does to somebody, by what he holds. */
proctype Thief(byte who) {
  do
  :: atomic {
       who != PHONE && !REFUSES(who, LIST_REFUSED) ->
       printf("%e takes a list of the thief\n", nameOf(who));
       accepted(who, convinced)
     }
  :: atomic {
       who != PHONE && !REFUSES(who, CARD_REFUSED) ->
       printf("%e takes a card of the thief\n", nameOf(who));
       accepted(who, convinced)
     }
  :: atomic {
       /* By a commit of his own or of somebody who does not know better. */
       !addedIn[who] && !REFUSES(who, LEAF_REFUSED) ->
       printf("%e follows a commit that adds a leaf of the thief\n", nameOf(who));
       addedIn[who] = true;
       accepted(who, device_added)
     }
  :: atomic {
       who != PHONE && !THIEF_IN(who) && !REFUSES(who, RETURN_REFUSED) ->
       printf("%e brings the thief back\n", nameOf(who));
       tabletIn[who] = true;
       accepted(who, device_added)
     }
  :: atomic {
       THIEF_IN(who) && !REFUSES(who, SENDERS_PRESENT) ->
       printf("%e shows a message of the thief\n", nameOf(who));
       accepted(who, convinced)
     }
  od
}

/* The thief's backups, by the secret of generation 0, and Alice who restores when all devices are lost. */
proctype Restore() {
  do
  :: atomic { !thiefWroteLast -> thiefWroteLast = true; printf("the thief writes a newer backup\n") }
  :: atomic {
       written && thiefWroteLast && !HIGHEST_RESTORED ->
       printf("Alice restores\n");
       broken(backup_replaced)
     }
  od
}

init {
  byte who;
  atomic {
    for (who : 0 .. PEOPLE - 1) {
      tabletIn[who] = true;
      run Thief(who);
      if :: who != PHONE -> run Person(who) :: else fi
    }
    run Phone();
    run Restore()
  }
}
