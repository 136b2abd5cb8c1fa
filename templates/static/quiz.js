// Saves each answer of a quiz as soon as it is given. Without this script the form's own buttons do it.
//
// One save at a time is under way for a question, always of what is chosen now. The server holds a
// sequence number for each answer: a save carries the one it knows plus one, and is told the server's.

const form = document.querySelector("form.quiz");
const say = form.dataset;
const signedOut = form.querySelector(".signed-out");
const count = form.querySelector(".answered");
const progress = form.querySelector("progress");

const questions = new Map();
for (const fieldset of form.querySelectorAll("fieldset[data-key]")) {
  questions.set(fieldset, {
    key: fieldset.dataset.key,
    sequence: fieldset.querySelector(`[name="sequence.${fieldset.dataset.key}"]`),
    shown: fieldset.querySelector(`[name="shown.${fieldset.dataset.key}"]`), // what the server last had from here
    status: fieldset.querySelector(".saved"),
    unsaved: false, // what is chosen is not on the server, as far as we know
    sending: false,
    stopped: false, // the server takes no more
    failures: 0,
    timer: 0,
  });
}
let leaving = false;

const answer = (q) => [...new FormData(form)].filter(([name]) => name === q.key || name.startsWith(q.key + "."));

const tell = (q, words, tone = "") => {
  q.status.textContent = words;
  q.status.className = "saved " + tone;
};

const showCount = () => {
  const answered = [...questions.values()].filter((q) => answer(q).some(([, value]) => value !== "")).length;
  count.textContent = answered;
  progress.value = answered;
};

const later = (q, wait) => {
  clearTimeout(q.timer);
  q.timer = setTimeout(() => save(q), wait);
};

async function save(q) {
  clearTimeout(q.timer);
  if (!q.unsaved || q.sending || q.stopped) return;
  q.sending = true;
  q.unsaved = false;
  if (q.failures === 0) tell(q, say.saving, "waiting");
  const body = new URLSearchParams(answer(q));
  body.set("sequence", Number(q.sequence.value) + 1);
  let response, reply;
  try {
    response = await fetch(`${form.getAttribute("action")}/${encodeURIComponent(q.key)}`, {
      method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", keepalive: true,
    });
    if (response.ok || response.status === 409) reply = await response.json();
  } catch {
    response = undefined;
  }
  q.sending = false;
  if (reply) q.sequence.value = reply.sequence;
  if (response?.ok) {
    q.failures = 0;
    q.shown.value = reply.shown;
    if (q.unsaved) save(q); // changed meanwhile
    else tell(q, say.saved);
  } else if (response?.status === 409 && reply.state === "stale") {
    // Another tab or device was here; what was chosen last is what counts.
    q.unsaved = true;
    later(q, 50 * q.failures++);
  } else if (response?.status === 409) {
    q.stopped = true;
    q.unsaved = false;
    tell(q, say.closed, "trouble");
  } else if (response?.status === 401 || response?.type === "opaqueredirect") {
    q.unsaved = true;
    tell(q, "");
    signedOut.hidden = false;
  } else if (response && response.status >= 400 && response.status < 500 && response.status !== 429) {
    q.unsaved = true;
    tell(q, say.refused, "trouble");
  } else {
    q.unsaved = true;
    tell(q, say.offline, "trouble");
    later(q, Math.min(30000, 1000 * 2 ** q.failures++));
  }
}

form.addEventListener("input", ({ target }) => {
  const q = questions.get(target.closest("fieldset[data-key]"));
  if (!q) return;
  q.unsaved = true;
  showCount();
  later(q, /^(radio|checkbox|select-one)$/.test(target.type) ? 0 : 600);
});

form.addEventListener("submit", () => {
  leaving = true;
  // The page's answer is newer than a save that is still on its way.
  for (const q of questions.values()) if (q.sending) q.sequence.value = Number(q.sequence.value) + 1;
});

addEventListener("online", () => questions.forEach((q) => save(q)));
addEventListener("pageshow", () => { leaving = false; showCount(); });
addEventListener("beforeunload", (event) => {
  if (!leaving && [...questions.values()].some((q) => q.unsaved || q.sending)) event.preventDefault();
});
