import type { HomeView, KnownBlock, ModalView } from "@slack/types";

/** What the bot sends: the blocks of a message, a form, and a home tab. */
export interface Sent {
  blocks?: KnownBlock[];
  view?: ModalView | HomeView;
}
