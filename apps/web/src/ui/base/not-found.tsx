import type { ReactNode } from "react";
import { useWords } from "../language.tsx";
import { useTitle } from "../shell/title.tsx";
import { Empty } from "./empty.tsx";
import { HomeLink } from "./home-link.tsx";

/**
 * Says that there is nothing at this address, and gives a way out: home, if there is no nearer one.
 */
export function NotFound({ way }: { way?: ReactNode }) {
  const words = useWords();
  useTitle(words.app.notFound);
  return (
    <Empty title={words.app.notFound} text={words.app.notFoundText}>
      {way ?? <HomeLink />}
    </Empty>
  );
}
