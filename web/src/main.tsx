import { render } from "preact";
import { App } from "./app.tsx";
import { keepFocus } from "./keep-focus.ts";
import "./style.css";

const root = document.querySelector("#app");
if (!root) throw new Error("index.html lacks #app.");
render(<App />, root);
keepFocus(root);
