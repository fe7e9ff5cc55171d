// Opening-hours expressions in people's words. Nothing is concluded from them here: every sign keeps
// its place, only the tokens are translated, and an expression with any other token is shown as it is.

const TOKEN = /24\/7|Mo|Tu|We|Th|Fr|Sa|Su|PH|SH|off|closed|\d{1,2}:\d{2}|[-+,;]|\s+/gy;

// A dash that no line ends at.
const TO = "\u2060–\u2060";

/** Return the expression in words. */
export function hoursText(expression, words) {
  const tokens = tokenize(expression.trim());
  return tokens ? tokens.map((token, at) => spoken(token, tokens[at - 1], tokens[at + 1], words)).join("") : expression;
}

function tokenize(text) {
  const tokens = text.match(TOKEN) ?? [];
  return tokens.join("") === text ? tokens : null;
}

function spoken(token, before, after, words) {
  const betweenDays = isDay(before) && isDay(after);
  if (token === "-") return betweenDays ? words.to : TO;
  if (token === ",") return words.and;
  if (token === ";") return words.then;
  if (/^\s+$/.test(token)) return before === ";" || before === "," ? "" : " ";
  return words[token] ?? token;
}

function isDay(token) {
  return /^(Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)$/.test(token ?? "");
}
