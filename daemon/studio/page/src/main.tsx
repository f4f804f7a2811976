// The page begins here.

import { render } from "preact";
import "./style.css";
import { Band } from "./band";
import { Page } from "./views/page";

const root = document.getElementById("page");
if (root !== null) {
  const band = new Band();
  render(<Page band={band} />, root);
  band.open();
}
