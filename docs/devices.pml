/* Lists of devices, searched whole by Spin. docs/models.md says how to read this.

   Alice has a phone, a laptop and a tablet. A thief holds the tablet: its whole state, so the keys of generation 0 too.
   Each list says its generation, its version, the devices it has and those it removed; the keys of its generation sign it.
   Phone and laptop remove each other or the tablet, at one moment or one after the other. The thief makes a list of his
   own. Alice types the recovery key on the phone: a list of generation 1. The thief tries to make a rival to it. The
   operator gives each list to each reader at any time, in any order, again and again, or never. */

/* REMOVALS_STAY. Within a generation a device that one list removed stays out, whatever the version of another says.
   Attack: reads list_of_thief > laptop removes the tablet > reads list_of_laptop > broken: removed_returns. */
#ifndef REMOVALS_STAY
#define REMOVALS_STAY true
#endif

/* ADDITIONS_COUNT. Within a generation all devices that either list has are in, but those removed, whatever the versions.
   Attack: reads list_of_thief > broken: two_lists. */
#ifndef ADDITIONS_COUNT
#define ADDITIONS_COUNT true
#endif

/* GENERATION_FIRST. A higher generation counts whatever the versions are.
   Attack: reads list_of_thief > reads list_of_succession > broken: thief_stays. */
#ifndef GENERATION_FIRST
#define GENERATION_FIRST true
#endif

/* LOWER_REFUSED. Who has seen a generation takes no list of a lower one, whatever its version.
   Attack: reads list_of_succession > a_contact reads first_list > broken: thief_stays. */
#ifndef LOWER_REFUSED
#define LOWER_REFUSED true
#endif

/* PATH_CHECKED. The keys of a generation prove themselves by their path to the profile's id.
   Attack: the thief makes up keys of generation 1 > reads list_of_rival > broken: thief_moves_generation. */
#ifndef PATH_CHECKED
#define PATH_CHECKED true
#endif

/* SECRET_ERASED. No device holds the recovery secret once the words are confirmed.
   Attack: the thief finds the recovery secret > reads list_of_rival > broken: thief_moves_generation. */
#ifndef SECRET_ERASED
#define SECRET_ERASED true
#endif

/* NEVER_ERASES. A device that a list removes waits; it erases nothing.
   Attack: reads list_of_thief > erases itself > broken: erased_by_thief. */
#ifndef NEVER_ERASES
#define NEVER_ERASES true
#endif

/* Not a guard: with AGREED=true it counts as broken when phone and laptop have removed each other and a contact knows it
   as they do, so that a search shows that this is reached. */
#ifndef AGREED
#define AGREED false
#endif

/* How many contacts read, beside phone and laptop. */
#ifndef CONTACTS
#define CONTACTS 1
#endif

mtype = { phone, laptop, a_contact,
          first_list, list_of_phone, list_of_laptop, list_of_thief, list_of_succession, list_of_rival,
          two_lists, removed_returns, thief_stays, thief_moves_generation, erased_by_thief, agreed };

#define broken(property) printf("broken: %e\n", property); assert(false)

/* Devices, as a set of bits. */
#define PHONE 1
#define LAPTOP 2
#define TABLET 4
#define NEW_OF_THIEF 8
#define HIS (TABLET | NEW_OF_THIEF)

typedef List { byte generation; byte version; byte devices; byte removed };

/* Lists by who makes them. All but those of phone and laptop may be read from the start: when they are made and when they
   arrive is one choice. A version of 0 is none. */
#define FIRST 0
#define BY_PHONE 1
#define BY_LAPTOP 2
#define BY_THIEF 3
#define SUCCESSION 4
#define RIVAL 5
#define LISTS 6
List made[LISTS];
bool rivalIsProven;

/* What a reader holds: 0 phone, 1 laptop, then contacts. `seen` is the set of lists that it has read. */
#define READERS (2 + CONTACTS)
List held[READERS];
byte seen[READERS];

#define has(set, some) (((set) & (some)) != 0)
#define bitOf(index) (1 << (index))
#define nameOf(reader) (reader == 0 -> phone : (reader == 1 -> laptop : a_contact))
#define titleOf(list) (list == FIRST -> first_list : (list == BY_PHONE -> list_of_phone : \
                       (list == BY_LAPTOP -> list_of_laptop : (list == BY_THIEF -> list_of_thief : \
                       (list == SUCCESSION -> list_of_succession : list_of_rival)))))
/* What reader and list agree to be out. */
#define removedIn(reader, list) (has(seen[reader], bitOf(list)) -> made[list].removed : 0)
#define EQUAL(a, b) (a.generation == b.generation && a.version == b.version \
                     && a.devices == b.devices && a.removed == b.removed)
#define isTaken(list) (made[list].version > 0 && (list != RIVAL || rivalIsProven || !PATH_CHECKED))

inline copyList(from, to) {
  to.generation = from.generation;
  to.version = from.version;
  to.devices = from.devices;
  to.removed = from.removed
}

inline mergeLists(r, s) {
  if
  :: ADDITIONS_COUNT -> held[r].devices = held[r].devices | made[s].devices
  :: !ADDITIONS_COUNT && made[s].version > held[r].version -> held[r].devices = made[s].devices
  :: else
  fi;
  if
  :: REMOVALS_STAY -> held[r].removed = held[r].removed | made[s].removed
  :: !REMOVALS_STAY && made[s].version > held[r].version -> held[r].removed = made[s].removed
  :: else
  fi;
  held[r].version = (made[s].version > held[r].version -> made[s].version : held[r].version);
  held[r].devices = held[r].devices & ~held[r].removed
}

inline readList(r, s) {
  printf("%e reads %e\n", nameOf(r), titleOf(s));
  if
  :: made[s].generation > held[r].generation && GENERATION_FIRST -> copyList(made[s], held[r])
  :: made[s].generation < held[r].generation && LOWER_REFUSED
  :: made[s].generation == held[r].generation -> mergeLists(r, s)
  :: else -> if :: made[s].version >= held[r].version -> copyList(made[s], held[r]) :: else fi
  fi;
  seen[r] = seen[r] | bitOf(s)
}

/* What must hold after reader r has read list s. */
inline checkReader(r, s) {
  if
  :: s == RIVAL && held[r].generation == 1 && has(held[r].devices, HIS) -> broken(thief_moves_generation)
  :: has(seen[r], bitOf(SUCCESSION)) && (held[r].generation == 0 || has(held[r].devices, HIS)) -> broken(thief_stays)
  :: else
  fi;
  if
  :: held[r].generation == 0 && has(held[r].devices, removedIn(r, BY_PHONE) | removedIn(r, BY_LAPTOP)) ->
     broken(removed_returns)
  :: else
  fi;
  if
  :: !NEVER_ERASES && s == BY_THIEF && r < 2 && has(held[r].removed, bitOf(r)) ->
     printf("%e erases itself\n", nameOf(r));
     broken(erased_by_thief)
  :: else
  fi;
  for (other : 0 .. READERS - 1) {
    if
    :: other != r && seen[other] == seen[r] && !EQUAL(held[other], held[r]) -> broken(two_lists)
    :: AGREED && other != r && seen[other] == seen[r] && held[r].removed == (PHONE | LAPTOP) &&
       !has(seen[r], bitOf(BY_THIEF)) -> broken(agreed)
    :: else
    fi
  }
  other = 0
}

/* A device that is in its own list removes another: the next version of what it holds. */
inline remove(r, gone) {
  made[BY_PHONE + r].version = held[r].version + 1;
  made[BY_PHONE + r].devices = held[r].devices & ~gone;
  made[BY_PHONE + r].removed = held[r].removed | gone
}

#define MAY_REMOVE(r, gone) (r < 2 && made[BY_PHONE + r].version == 0 && held[r].generation == 0 \
                             && has(held[r].devices, bitOf(r)) && has(held[r].devices, gone))

proctype Reader(byte r) {
  byte s, other;
  do
  :: d_step {
       MAY_REMOVE(r, bitOf(1 - r)) ->
       remove(r, bitOf(1 - r));
       printf("%e removes the other\n", nameOf(r))
     }
  :: d_step {
       MAY_REMOVE(r, TABLET) ->
       remove(r, TABLET);
       printf("%e removes the tablet\n", nameOf(r))
     }
  :: atomic {
       if
       :: isTaken(FIRST) -> s = FIRST
       :: isTaken(BY_PHONE) -> s = BY_PHONE
       :: isTaken(BY_LAPTOP) -> s = BY_LAPTOP
       :: isTaken(BY_THIEF) -> s = BY_THIEF
       :: isTaken(SUCCESSION) -> s = SUCCESSION
       :: isTaken(RIVAL) -> s = RIVAL
       fi;
       d_step { readList(r, s); checkReader(r, s); s = 0 }
     }
  od
}

inline makeList(s, itsGeneration, itsVersion, itsDevices, itsRemoved) {
  made[s].generation = itsGeneration;
  made[s].version = itsVersion;
  made[s].devices = itsDevices;
  made[s].removed = itsRemoved
}

init {
  byte r;
  atomic {
    makeList(FIRST, 0, 1, PHONE | LAPTOP | TABLET, 0);
    makeList(SUCCESSION, 1, 1, PHONE | LAPTOP, TABLET);
    makeList(RIVAL, 1, 2, HIS, PHONE | LAPTOP);
    /* The thief is bound by nothing but the keys that he has. */
    if
    :: makeList(BY_THIEF, 0, 2, HIS, PHONE | LAPTOP)
    :: makeList(BY_THIEF, 0, 2, PHONE | LAPTOP | HIS, 0)
    :: makeList(BY_THIEF, 0, 3, HIS, PHONE | LAPTOP)
    fi;
    if
    :: !SECRET_ERASED -> rivalIsProven = true; printf("the thief finds the recovery secret\n")
    :: printf("the thief makes up keys of generation 1\n")
    fi;
    for (r : 0 .. READERS - 1) {
      copyList(made[FIRST], held[r]);
      seen[r] = bitOf(FIRST);
      run Reader(r)
    }
  }
}
