/** The style sheet of report.html. Light by default, dark where the reader's system asks for it; prints on white. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --page:#f6f7f9; --card:#fff; --ink:#16202c; --soft:#5b6776; --line:#e3e7ec;
  --test:#2257d6; --validation:#0f8a72; --train:#8a94a3; --fraud:#d1382c; --legitimate:#9fb4d1; --mark:#a15c00; }
@media (prefers-color-scheme: dark) { :root { --page:#0f141a; --card:#171e26; --ink:#e8edf3; --soft:#98a5b4; --line:#2a343f;
  --test:#7aa5ff; --validation:#3ecbaa; --train:#7d8998; --fraud:#ff7b6e; --legitimate:#4d6383; --mark:#e8a54b; } }
* { box-sizing: border-box; }
body { margin:0; background:var(--page); color:var(--ink); font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif; }
main { max-width:1000px; margin:0 auto; padding:32px 20px 64px; }
h1 { font-size:26px; line-height:1.2; margin:0 0 4px; letter-spacing:-.01em; }
h2 { font-size:15px; margin:0 0 2px; }
p { margin:0; color:var(--soft); } .lead { margin-bottom:24px; }
code { font:13px ui-monospace,SFMono-Regular,Menlo,monospace; overflow-wrap:anywhere; }
.figures { display:grid; grid-template-columns:repeat(auto-fit,minmax(150px,1fr)); gap:12px; margin-bottom:16px; }
.figures div, section { background:var(--card); border:1px solid var(--line); border-radius:10px; }
.figures div { padding:12px 16px; } .figures b { display:block; font-size:24px; font-variant-numeric:tabular-nums; letter-spacing:-.01em; }
.figures span { color:var(--soft); font-size:13px; }
.grid2 { display:grid; grid-template-columns:repeat(auto-fit,minmax(min(440px,100%),1fr)); gap:16px; margin-bottom:16px; }
section.row { grid-column:1/-1; } section { padding:16px 20px; min-width:0; } .wide { margin-bottom:16px; }
section p { font-size:13px; margin-bottom:8px; }
.scroll { overflow-x:auto; }
table { border-collapse:collapse; width:100%; font-variant-numeric:tabular-nums; font-size:14px; }
th { font-weight:500; color:var(--soft); text-align:right; padding:6px 8px; border-bottom:1px solid var(--line); white-space:nowrap; }
td { text-align:right; padding:6px 8px; border-bottom:1px solid var(--line); white-space:nowrap; } tr:last-child td { border-bottom:0; }
th:first-child, td:first-child { text-align:left; padding-left:0; } td.words { text-align:left; white-space:normal; }
.bar { display:block; height:8px; border-radius:4px; background:var(--test); min-width:2px; } td.barcell { width:45%; }
.matrix td { text-align:center; padding:14px 8px; } .matrix td:first-child { text-align:left; padding-left:0; } .matrix b { display:block; font-size:19px; } .matrix small { color:var(--soft); }
.matrix .good { background:color-mix(in srgb,var(--validation) 13%,transparent); } .matrix .bad { background:color-mix(in srgb,var(--fraud) 13%,transparent); }
.legend { display:flex; gap:16px; font-size:13px; color:var(--soft); flex-wrap:wrap; } .legend i { display:inline-block; width:14px; height:4px; border-radius:2px; margin-right:6px; vertical-align:middle; }
svg { width:100%; height:auto; display:block; margin-top:6px; }
svg text { font-size:11px; fill:var(--soft); } svg text.axis { font-size:12px; } svg text.mark { fill:var(--mark); font-weight:600; }
svg .grid { stroke:var(--line); } svg line.axis { stroke:var(--soft); } svg line.mark { stroke:var(--mark); stroke-dasharray:3 3; }
svg polyline { fill:none; stroke-width:2; stroke-linejoin:round; }
svg polyline.guide { stroke:var(--soft); stroke-width:1; stroke-dasharray:4 4; }
${['test', 'validation', 'train', 'fraud', 'legitimate']
  .map((tone) => `svg polyline.${tone}{stroke:var(--${tone})} svg rect.${tone},svg circle.${tone}{fill:var(--${tone})}`)
  .join('\n')}
@media print { :root { --page:#fff; } section, .figures div { break-inside:avoid; } }
`;
