// Names found as they are typed: characters, pinyin, initials; the rules of geo/finding/spelling.py.

const MAX_QUERY = 60;
const HAN = "〇\u3400-\u4dbf\u4e00-\u9fff\u{20000}-\u{2ffff}";
const UNIT = new RegExp(`[${HAN}]|\\p{Nd}+|(?:(?![${HAN}])\\p{L})+`, "gu");
const IS_HAN = new RegExp(`^[${HAN}]`, "u");
const E7 = 1e7;

export class Names {
  #columns;
  #simplified;
  #spelled = null;

  constructor(columns) {
    this.#columns = columns;
    const [from, to] = columns.simplified.map((row) => [...row]);
    this.#simplified = new Map(from.map((character, at) => [character, to[at]]));
  }

  /** The names that fit a text best, by likeness, then in the order in which they are wanted. */
  search(text, limit) {
    const wanted = this.#units([...text].slice(0, MAX_QUERY).join("")).join("").slice(0, MAX_QUERY);
    if (!wanted) return [];
    this.#spelled ??= this.#columns.name.map((_, number) => this.#spell(number));
    const found = [[], [], [], [], [], []];
    this.#spelled.forEach((own, number) => {
      const likeness = like(wanted, own);
      if (likeness !== null) found[likeness].push(number);
    });
    return found.flat().slice(0, limit).map((number) => this.#told(number));
  }

  #told(number) {
    const { name, name_en: english, kinds, kind, contexts, context, position, place, also } = this.#columns;
    return {
      name: name[number],
      name_en: english[number] ?? null,
      kind: kinds[kind[number]],
      context: contexts[context[number]],
      lon: position[2 * number] / E7,
      lat: position[2 * number + 1] / E7,
      place_id: place[number] ?? null,
      also: also[number] ?? [],
      exact: true,
    };
  }

  /** Characters, words and numbers of a text, in one width and case, without accents. */
  #units(text) {
    const folded = text.normalize("NFKC").toLowerCase().replaceAll("ß", "ss").normalize("NFKD").replaceAll("u\u0308", "v");
    const plain = [...folded].filter((character) => !/\p{Mn}/u.test(character)).map((character) => this.#simplified.get(character) ?? character);
    return plain.join("").match(UNIT) ?? [];
  }

  #spell(number) {
    const { name, name_en: english, also } = this.#columns;
    const own = { wholes: [], initials: [] };
    for (const text of [name[number], english[number], ...(also[number] ?? [])]) {
      if (!text) continue;
      const units = this.#units(text);
      own.wholes.push(rowOf(units));
      if (!units.some((unit) => IS_HAN.test(unit))) continue;
      for (const way of this.#ways(units)) {
        own.wholes.push(rowOf(way));
        own.initials.push(rowOf(way.map((part) => (/^\p{Nd}/u.test(part) ? part : [...part][0]))));
      }
    }
    return own;
  }

  /** A name's units with its Chinese characters read, one row for each way to read them. */
  #ways(units) {
    let ways = [[]];
    for (let i = 0; i < units.length; ) {
      let end = i + 1;
      while (end < units.length && IS_HAN.test(units[end]) === IS_HAN.test(units[i])) end += 1;
      const run = units.slice(i, end);
      const choices = IS_HAN.test(units[i]) ? this.#readings(run) : [run];
      ways = ways.flatMap((way) => choices.map((choice) => [...way, ...choice])).slice(0, 8);
      i = end;
    }
    return ways;
  }

  #readings(run) {
    const { ways, syllables } = this.#columns;
    return ways[run.join("")]?.map((way) => way.split(" ")) ?? [run.map((character) => syllables[character] ?? character)];
  }
}

/** A row of parts in one text, and where its later parts begin. */
function rowOf(parts) {
  const tails = [];
  let at = 0;
  for (const part of parts) {
    at += part.length;
    tails.push(at);
  }
  return { text: parts.join(""), tails: tails.slice(0, -1) };
}

/** How alike a typed text is to a name: 0 is the same, 5 the least, null not at all. */
function like(wanted, { wholes, initials }) {
  for (const [rows, number] of [[wholes, 0], [initials, 2]]) {
    if (rows.some(({ text }) => text === wanted)) return number;
    if (rows.some(({ text }) => text.startsWith(wanted))) return number + 1;
  }
  for (const [rows, number] of [[wholes, 4], [initials, 5]]) {
    if (rows.some(({ text, tails }) => text.includes(wanted) && tails.some((at) => text.startsWith(wanted, at)))) return number;
  }
  return null;
}
