// The charts' side of the browser: Apache ECharts with the parts that we use and nothing else.
// `src/chart/bridge.rs` calls it. Options arrive as JSON, so no function crosses the border and
// no text is ever read as HTML: tooltips are drawn as text on the canvas.
import { connect, init, use } from "echarts/core";
import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import {
  DataZoomInsideComponent,
  DataZoomSliderComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
} from "echarts/components";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";

use([
  BarChart, LineChart, ScatterChart, CanvasRenderer, SVGRenderer, DataZoomInsideComponent,
  DataZoomSliderComponent, GridComponent, LabelLayout, LegendComponent, TooltipComponent,
]);

/** Tooltips are texts that Rust has written, one per datum: hand them out. */
function withTips({ tips, group, nearest, ...option }) {
  const formatter = (params) => tips[(Array.isArray(params) ? params[0] : params)?.dataIndex] ?? "";
  return { ...option, tooltip: { ...option.tooltip, renderMode: "richText", formatter } };
}

/**
 * Puts an empty chart into `host` and keeps its size; `onClick` gets the index of a datum, `onBrush`, where
 * there is one, the first and the last of a stretch that was dragged over.
 */
export function mount(host, onClick, onBrush) {
  const chart = init(host, null, { renderer: "canvas" });
  const mounted = { chart };
  const datumAt = ({ offsetX, offsetY }) => {
    const at = [offsetX, offsetY];
    if (!chart.containPixel("grid", at)) return -1;
    return mounted.nearest ? nearestTo(chart, at) : Math.round(chart.convertFromPixel("grid", at)[0]);
  };
  // A click anywhere above a datum counts: bars may be a pixel high, points are small.
  chart.getZr().on("click", (event) => onClick(datumAt(event)));
  mounted.end = onBrush && brush(host, chart, onBrush);
  mounted.size = new ResizeObserver(() => chart.resize());
  mounted.size.observe(host);
  return mounted;
}

/** The datum whose mark lies nearest to a pixel, at most 24 px away; -1 for none. */
function nearestTo(chart, [x, y]) {
  let found = -1;
  let best = 24 ** 2;
  chart.getOption().series[0].data.forEach((item, index) => {
    const value = item.value ?? item;
    if (value[1] === null) return;
    const [left, top] = chart.convertToPixel({ seriesIndex: 0 }, value);
    const distance = (left - x) ** 2 + (top - y) ** 2;
    if (distance < best) [best, found] = [distance, index];
  });
  return found;
}

/** A stretch along x to drag over with the mouse; fingers scroll the page. */
function brush(host, chart, onBrush) {
  const box = document.createElement("div");
  box.className = "chart-brush";
  host.append(box);
  let from = null;
  const indexAt = (x) => Math.round(chart.convertFromPixel({ xAxisIndex: 0 }, x));
  const stretch = (x) => [Math.min(from, x), Math.max(from, x)];
  const leave = () => {
    from = null;
    box.style.display = "none";
  };
  chart.getZr().on("mousedown", ({ offsetX, offsetY, event }) => {
    if (event.button === 0 && !event.zrByTouch && chart.containPixel("grid", [offsetX, offsetY])) from = offsetX;
  });
  const at = (event) => event.clientX - host.getBoundingClientRect().left;
  const move = (event) => {
    if (from === null) return;
    const [left, right] = stretch(at(event));
    Object.assign(box.style, { display: right - left > 4 ? "block" : "none", left: `${left}px`, width: `${right - left}px` });
  };
  const up = (event) => {
    if (from === null) return;
    const [left, right] = stretch(at(event));
    leave();
    if (right - left > 4) onBrush(indexAt(left), indexAt(right));
  };
  const escape = (event) => event.key === "Escape" && leave();
  // In the capture phase: the library keeps what moves on its canvas to itself.
  document.addEventListener("mousemove", move, true);
  document.addEventListener("mouseup", up, true);
  document.addEventListener("keydown", escape);
  return () => {
    document.removeEventListener("mousemove", move, true);
    document.removeEventListener("mouseup", up, true);
    document.removeEventListener("keydown", escape);
  };
}

/** Draws `optionJson` in place of what was there; the zoom stays while the number of data does. */
export function draw(mounted, optionJson) {
  const { chart } = mounted;
  const given = JSON.parse(optionJson);
  const option = withTips(given);
  if (given.group) {
    chart.group = given.group;
    connect(given.group);
  }
  const before = chart.getOption()?.dataZoom?.[0];
  if (before && given.tips.length === mounted.count) {
    option.dataZoom = option.dataZoom.map((zoom) => ({ ...zoom, start: before.start, end: before.end }));
  }
  // A drag chooses a stretch; where there is nothing to choose it moves the zoomed part.
  if (mounted.end) option.dataZoom = option.dataZoom.map((zoom) => ({ ...zoom, moveOnMouseMove: false }));
  mounted.count = given.tips.length;
  mounted.nearest = given.nearest;
  chart.setOption(option, { notMerge: true });
}

/** Shows the tooltip of datum `index`, or none for -1. */
export function point({ chart }, index) {
  chart.dispatchAction(index < 0 ? { type: "hideTip" } : { type: "showTip", seriesIndex: 0, dataIndex: index });
}

/** Ends a chart. */
export function unmount({ chart, size, end }) {
  end?.();
  size.disconnect();
  chart.dispose();
}

/** Offers the chart as a file, drawn anew at 960 by 540 px on `background`. */
export function download(optionJson, kind, fileName, background) {
  const option = { ...withTips(JSON.parse(optionJson)), animation: false, backgroundColor: background };
  delete option.dataZoom;
  const size = { width: 960, height: 540 };
  const sheet = kind === "svg"
    ? init(null, null, { renderer: "svg", ssr: true, ...size })
    : init(document.createElement("div"), null, { renderer: "canvas", devicePixelRatio: 2, ...size });
  sheet.setOption(option);
  if (kind === "svg") {
    save(new Blob([sheet.renderToSVGString()], { type: "image/svg+xml" }), fileName);
    sheet.dispose();
  } else {
    sheet.renderToCanvas({ pixelRatio: 2, backgroundColor: background }).toBlob((blob) => {
      save(blob, fileName);
      sheet.dispose();
    }, "image/png");
  }
}

/** Offers `text` as a file. */
export function downloadText(text, mediaType, fileName) {
  save(new Blob([text], { type: mediaType }), fileName);
}

function save(blob, fileName) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = fileName;
  link.click();
  // The download has its own hold on the data once it has begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
