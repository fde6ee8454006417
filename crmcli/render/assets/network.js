"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const MANY_TIES = 1500, FOUND = 8, LISTED = 60, MARGIN = 70, CLOSEST = 1.6;
  const hasMany = data.ties.length > MANY_TIES; // an arrow at every tie would take seconds: the chosen ones have theirs
  const hasUs = data.nodes.some((node) => node.kind === "owner");
  const people = new Map(data.nodes.map((node) => [node.id, node]));
  const tiesOf = new Map(data.nodes.map((node) => [node.id, []]));
  for (const tie of data.ties) {
    tiesOf.get(tie.source).push(tie);
    if (tie.target !== tie.source) tiesOf.get(tie.target).push(tie);
  }
  const number = (value) => value.toLocaleString("en");
  const counted = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;

  // Every text goes in as text: no name is ever read as a tag.
  const made = (tag, text, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    if (text !== null) element.textContent = text;
    element.append(...children);
    return element;
  };

  // The look of the graph, from the colours of the page.
  let scheme = data.schemes[0], groupOf = new Map();
  const letter = (group) => "data:image/svg+xml," + encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48"><text x="24" y="35" text-anchor="middle" ` +
    `font-family="sans-serif" font-weight="700" font-size="30" fill="${group.ink}">${group.letter}</text></svg>`);
  const look = () => {
    const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const [page, ink, line, mark] = ["--page", "--ink", "--line", "--mark"].map(colour);
    const groups = scheme.groups.flatMap((group, place) => [{
      selector: `node[group = ${place}]`,
      style: { "background-color": group.colour, ...(group.letter ? { "background-image": letter(group), "background-fit": "contain" } : {}) },
    }]);
    return [
      { selector: "node", style: {
        width: 26, height: 26, label: "data(name)", color: ink, "font-size": 12, "min-zoomed-font-size": 9,
        "text-valign": "bottom", "text-margin-y": 3, "text-max-width": 150, "text-wrap": "ellipsis",
        "text-background-color": page, "text-background-opacity": 0.75, "border-width": 1.5, "border-color": ink } },
      { selector: "node[kind = 'organisation']", style: { shape: "round-rectangle" } },
      { selector: "node[kind = 'owner']", style: { shape: "diamond" } },
      { selector: "node[?no_contact]", style: { "border-style": "dashed", "border-width": 3 } },
      ...groups,
      { selector: "edge", style: {
        width: "mapData(strength, 0, 100, 1, 5)", "line-color": line, opacity: 0.6, "curve-style": hasMany ? "haystack" : "bezier",
        "target-arrow-color": line, "arrow-scale": 0.9 } },
      { selector: hasMany ? "edge.near[!is_symmetric]" : "edge[!is_symmetric]", style: { "curve-style": "bezier", "target-arrow-shape": "triangle" } },
      { selector: ".faint", style: { opacity: 0.2 } },
      { selector: ".away", style: { display: "none" } },
      { selector: "edge.near", style: { "line-color": mark, "target-arrow-color": mark, opacity: 1, label: "data(label)", color: ink,
        "font-size": 11, "min-zoomed-font-size": 8, "text-background-color": page, "text-background-opacity": 0.85, "z-index": 5 } },
      { selector: "node.near", style: { "border-width": 3, "border-color": mark, "z-index": 6 } },
      { selector: "node.chosen", style: { "border-width": 7, "border-color": mark, width: 34, height: 34, "z-index": 9 } },
    ];
  };

  const group = () => {
    groupOf = new Map();
    scheme.groups.forEach((each, place) => each.members.forEach((id) => groupOf.set(id, place)));
  };
  group();
  const cy = cytoscape({
    container: at("graph"), layout: { name: "preset", fit: false }, minZoom: 0.02, maxZoom: 5, boxSelectionEnabled: false,
    hideEdgesOnViewport: hasMany, autounselectify: true, style: look(),
    elements: [
      ...data.nodes.map(({ x, y, ...node }) => ({ data: { ...node, id: `n${node.id}`, number: node.id, group: groupOf.get(node.id) }, position: { x, y } })),
      ...data.ties.map((tie) => ({ data: { ...tie, id: `t${tie.id}`, number: tie.id, source: `n${tie.source}`, target: `n${tie.target}`,
        label: `${tie.type} ${Math.round(tie.strength)} ${tie.word}` } })),
    ],
  });
  const nodeOf = (id) => cy.getElementById(`n${id}`);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const fit = () => {
    const shown = data.nodes.filter((node) => !hidden.has(`n${node.id}`));
    if (!shown.length) return;
    const [left, right] = [Math.min(...shown.map((node) => node.x)), Math.max(...shown.map((node) => node.x))];
    const [top, bottom] = [Math.min(...shown.map((node) => node.y)), Math.max(...shown.map((node) => node.y))];
    const zoom = Math.min(cy.width() / (right - left + 2 * MARGIN), cy.height() / (bottom - top + 2 * MARGIN), CLOSEST);
    cy.viewport({ zoom, pan: { x: (cy.width() - zoom * (left + right)) / 2, y: (cy.height() - zoom * (top + bottom)) / 2 } });
  };

  // What is shown of it.
  const types = [...new Set(data.ties.map((tie) => tie.type))].sort();
  const away = new Set();
  const hidden = new Set();
  let chosen = null;
  const hide = (id, isHidden) => {
    if (hidden.has(id) === isHidden) return;
    isHidden ? hidden.add(id) : hidden.delete(id);
    cy.getElementById(id).toggleClass("away", isHidden);
  };
  const filter = () => {
    const least = Number(at("least").value);
    at("strength").textContent = least;
    const isShown = (tie) => !away.has(tie.type) && tie.strength >= least;
    const isWhole = !away.size && !least;
    let nodes = 0, ties = 0;
    cy.batch(() => {
      for (const tie of data.ties) {
        ties += isShown(tie);
        hide(`t${tie.id}`, !isShown(tie));
      }
      for (const node of data.nodes) {
        const stays = isWhole || node.id === chosen || tiesOf.get(node.id).some(isShown);
        nodes += stays;
        hide(`n${node.id}`, !stays);
      }
    });
    const of = (shown, all) => (shown === all ? "" : `${number(shown)} of `);
    at("status").textContent = `${of(nodes, data.nodes.length)}${counted(data.nodes.length, hasUs ? "node" : "customer")}, ` +
      `${of(ties, data.ties.length)}${counted(data.ties.length, "tie")}`;
  };
  for (const type of types) {
    const count = data.ties.filter((tie) => tie.type === type).length;
    const box = made("input", null, { type: "checkbox", checked: true });
    box.addEventListener("change", () => { box.checked ? away.delete(type) : away.add(type); filter(); });
    at("types").append(made("li", null, {}, made("label", null, {}, box, made("span", `${type} (${number(count)})`))));
  }
  at("least").addEventListener("input", filter);

  // Who somebody is: the card beside the pointer, and the one that stays.
  const reading = (tie, id) => (tie.source === id ? tie.type : tie.inverse);
  const strength = (tie) => `${Math.round(tie.strength)} ${tie.word}`;
  const facts = (node) => {
    const rows = [["Kind", node.kind], ["City", node.city], ["Industry", node.industry], ["Contact", node.no_contact],
      ["Segments", (node.segments || []).join(", ")], ["Open deals", node.deals], ["Ties", number(tiesOf.get(node.id).length)]];
    return made("dl", null, {}, ...rows.filter(([, value]) => value).flatMap(([name, value]) => [made("dt", name), made("dd", value)]));
  };
  const choose = (id) => {
    chosen = id;
    cy.elements().removeClass("chosen near faint");
    at("chosen").hidden = id === null;
    at("chosen").replaceChildren();
    filter();
    if (id === null) return;
    const node = people.get(id), element = nodeOf(id);
    element.addClass("chosen").neighborhood().addClass("near");
    cy.elements().difference(element.closedNeighborhood()).addClass("faint");
    const ties = [...tiesOf.get(id)].sort((one, other) => other.strength - one.strength || one.id - other.id);
    const rows = ties.slice(0, LISTED).map((tie) => {
      const far = tie.source === id ? tie.target : tie.source;
      const button = made("button", null, { type: "button" }, `${reading(tie, id)} `, made("bdi", people.get(far).name), " ",
        made("small", strength(tie) + (tie.since ? `, since ${tie.since}` : "")));
      button.addEventListener("click", () => { choose(far); at("chosen").querySelector("button").focus(); });
      return made("li", null, {}, button);
    });
    if (ties.length > LISTED) rows.push(made("li", `and ${number(ties.length - LISTED)} more`, { className: "small" }));
    const close = made("button", "Let go", { type: "button" });
    close.addEventListener("click", () => { choose(null); at("find").focus(); });
    at("chosen").append(made("h2", null, {}, made("bdi", node.name)), facts(node), made("ul", null, {}, ...rows), close);
    const view = { center: { eles: element }, zoom: Math.max(cy.zoom(), 1) };
    still.matches ? cy.zoom(view.zoom).center(element) : cy.animate(view, { duration: 250 });
  };
  const hover = (event) => {
    const data = event.target.data(), card = at("hover"), stage = at("stage").getBoundingClientRect();
    if (event.target.isNode()) card.replaceChildren(made("h2", null, {}, made("bdi", data.name)), facts(people.get(data.number)));
    else {
      const [one, other] = [event.target.source().data("name"), event.target.target().data("name")];
      card.replaceChildren(made("bdi", one), ` ${data.type} `, made("bdi", other), made("br", null), made("small", strength(data) + (data.since ? `, since ${data.since}` : "")));
    }
    card.hidden = false;
    const { x, y } = event.renderedPosition || event.target.renderedPosition();
    card.style.left = `${Math.max(0, Math.min(x + 14, stage.width - card.offsetWidth - 8))}px`;
    card.style.top = `${Math.max(0, Math.min(y + 14, stage.height - card.offsetHeight - 8))}px`;
  };
  cy.on("mouseover", "node, edge", hover);
  cy.on("mouseout", "node, edge", () => { at("hover").hidden = true; });
  cy.on("viewport", () => { at("hover").hidden = true; });
  cy.on("tap", (event) => {
    if (event.target === cy) choose(null);
    else if (event.target.isNode()) choose(event.target.data("number"));
  });

  // Finding somebody: those with most ties first.
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
  const ranked = data.nodes.map((node) => [node, plain(node.name)])
    .sort(([one], [other]) => tiesOf.get(other.id).length - tiesOf.get(one.id).length || one.id - other.id);
  let first = null;
  const find = () => {
    const words = plain(at("find").value).split(/\s+/).filter(Boolean);
    const hits = ranked.filter(([, name]) => words.every((word) => name.includes(word))).map(([node]) => node);
    first = hits[0] ?? null;
    at("found").replaceChildren(...hits.slice(0, FOUND).map((node) => {
      const button = made("button", null, { type: "button" }, made("bdi", node.name), " ", made("small", counted(tiesOf.get(node.id).length, "tie")));
      button.addEventListener("click", () => choose(node.id));
      return made("li", null, {}, button);
    }));
    at("more").textContent = !hits.length ? "nobody is called so" : hits.length > FOUND ? `and ${number(hits.length - FOUND)} more` : "";
  };
  at("find").addEventListener("input", find);
  at("search").addEventListener("submit", (event) => { event.preventDefault(); if (first) choose(first.id); });

  // Colours, each with its letter.
  if (hasUs) at("shapes").textContent += " Diamond: one of us.";
  if (hasMany) at("arrows").textContent = "Thicker: a stronger tie. Choose a customer to see which way each tie points.";
  const legend = () => {
    at("legend").replaceChildren(...scheme.groups.map((each) => {
      const swatch = made("span", each.letter, { className: "swatch" });
      swatch.style.background = each.colour;
      swatch.style.color = each.ink;
      return made("li", null, {}, swatch, made("span", `${each.name} (${number(each.members.length)})`));
    }));
    if (!data.schemes.some((each) => each.name === "segment" && each.groups.some((one) => one.letter)))
      at("legend").append(made("li", "No saved segment is among these; crm segment add NAME QUERY makes one.", { className: "small" }));
  };
  data.schemes.forEach((each, place) => at("scheme").append(made("option", each.name, { value: place })));
  at("scheme").addEventListener("change", () => {
    scheme = data.schemes[Number(at("scheme").value)];
    group();
    cy.batch(() => data.nodes.forEach((node) => nodeOf(node.id).data("group", groupOf.get(node.id))));
    cy.style(look());
    legend();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => cy.style(look()));

  // Moving about.
  const zoom = (factor) => cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
  at("in").addEventListener("click", () => zoom(1.4));
  at("out").addEventListener("click", () => zoom(1 / 1.4));
  at("fit").addEventListener("click", fit);
  const keys = { ArrowLeft: () => cy.panBy({ x: 60, y: 0 }), ArrowRight: () => cy.panBy({ x: -60, y: 0 }), ArrowUp: () => cy.panBy({ x: 0, y: 60 }),
    ArrowDown: () => cy.panBy({ x: 0, y: -60 }), "+": () => zoom(1.4), "=": () => zoom(1.4), "-": () => zoom(1 / 1.4), 0: fit };
  at("graph").addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && chosen !== null) choose(null); });

  filter();
  find();
  legend();
  const ready = () => { document.documentElement.dataset.ready = Math.round(performance.now()); };
  cy.one("render", ready);
  fit();
  cy.forceRender();
})();
