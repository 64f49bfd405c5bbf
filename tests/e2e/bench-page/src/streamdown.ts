// What many clients do: the whole text into React again for each step.
import { createElement } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { Streamdown } from "streamdown";
import { offer } from "./replay";

const element = document.createElement("div");
const root = createRoot(element);
let whole = "";
offer<string>({
  element,
  take: (steps) => {
    whole += steps.join("");
    flushSync(() => {
      root.render(createElement(Streamdown, null, whole));
    });
  },
});
