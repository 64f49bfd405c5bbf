// The floor: text appended to one text node.
import { offer } from "./replay";

const element = document.createElement("div");
const text = document.createTextNode("");
element.style.whiteSpace = "pre-wrap";
element.append(text);
offer<string>({
  element,
  take: (steps) => {
    text.appendData(steps.join(""));
  },
});
