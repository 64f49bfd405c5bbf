// How much room the window has. Its page is 0 pixels wide until it is shown, and it opens wide:
// 0 counts as wide, so that nothing moves when it appears.
import { MediaQuery } from "svelte/reactivity";

/** Whether the sidebar fits beside a conversation. */
export const wideWindow = (): MediaQuery => new MediaQuery("(min-width: 67.5rem), (max-width: 0px)");

/** Whether there is room for a few words only. */
export const narrowWindow = (): MediaQuery => new MediaQuery("(min-width: 1px) and (max-width: 30rem)");
