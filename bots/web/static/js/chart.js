// Vega-Lite drawings. The libraries are loaded when the first chart is, from this server.

const FILES = ["vega.min.js", "vega-lite.min.js", "vega-embed.min.js"];
// On a dark ground what matters is bright and what it is compared with steps back.
const NIGHT = { "#2f6db5": "#5a9cf0", "#c3ccd6": "#44566c" };
let loaded = null;

function library() {
  loaded ??= FILES.reduce((before, file) => before.then(() => new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = `/static/vendor/${file}`;
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  })), Promise.resolve());
  return loaded;
}

function look() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  const [ink, quiet, line] = [of("--ink"), of("--ink-2"), of("--line")];
  return {
    background: "transparent", font: getComputedStyle(document.body).fontFamily,
    title: { color: ink, subtitleColor: quiet, fontSize: 15, fontWeight: 600, subtitleFontSize: 12.5, subtitlePadding: 4 },
    axis: { labelColor: quiet, titleColor: quiet, gridColor: line, domainColor: line, tickColor: line, labelFontSize: 12.5, titleFontSize: 12.5, titleFontWeight: 400 },
    axisQuantitative: { tickCount: 6, domain: false, ticks: false }, axisBand: { domain: false, ticks: false, labelPadding: 8 },
    legend: { labelColor: quiet, titleColor: quiet, labelFontSize: 12.5, orient: "top", title: null, symbolType: "square" },
    text: { color: ink, fill: ink, fontSize: 12.5 }, header: { labelColor: quiet, titleColor: quiet },
    bar: { cornerRadiusEnd: 3 }, line: { strokeWidth: 2.5 },
  };
}

// Fits the drawing to the card. Facets and concatenations keep their own size.
function fitted(spec, width) {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
  const { $schema: _, ...copy } = JSON.parse(JSON.stringify(spec), (_key, value) => (dark && NIGHT[value]) || value);
  const single = ["layer", "mark"].some((key) => key in copy);
  if (single && typeof copy.width === "number") {
    copy.width = Math.max(260, width - 8);
    copy.autosize = { type: "fit-x", contains: "padding" };
  }
  const own = look();
  copy.config = { ...copy.config, ...own, view: { stroke: null } };
  return copy;
}

export async function draw(place, chart) {
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", chart.alt);
  await library();
  const paint = async () => {
    const width = place.clientWidth;
    if (!width) return;
    await window.vegaEmbed(place, fitted(chart.spec, width), {
      ast: true, actions: false, logLevel: 1, renderer: "svg", defaultStyle: false, tooltip: { disableDefaultStyle: true, theme: "custom" },
      loader: { load: () => Promise.reject(new Error("charts load nothing")) },
    });
    place.dataset.drawn = String(width);
  };
  await paint();
  let pending = 0;
  new ResizeObserver(() => {
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(() => { if (Math.abs(place.clientWidth - Number(place.dataset.drawn || 0)) > 8) paint(); });
  }).observe(place);
  document.addEventListener("citydesk:look", paint);
}
