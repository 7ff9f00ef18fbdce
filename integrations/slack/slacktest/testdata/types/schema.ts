import type { KnownBlock, ModalView } from "@slack/types";

/** What the bot sends: the blocks of a message, and a form. */
export interface Sent {
  blocks?: KnownBlock[];
  view?: ModalView;
}
