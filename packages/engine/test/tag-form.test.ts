/** What is tested of talk and groups holds over stores in tag form too. */
import "./support/in-tag-form.ts";
import "./talk.test.ts";
import "./groups.test.ts";
import "./group-messages.test.ts";
import "./holes.test.ts";
import "./store-trouble.test.ts";
