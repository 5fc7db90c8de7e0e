// Copying a block as a spreadsheet reads it, and reading what a spreadsheet copied: tabs, semicolons or commas, quotes, line breaks.

export function listen(grid, selection, acts) {
  document.addEventListener("copy", (event) => carry(event));
  document.addEventListener("cut", (event) => { if (carry(event)) acts.empty(selection.block.flat()); });
  document.addEventListener("paste", (event) => {
    const cell = grid.of(document.activeElement ?? document.body);
    if (!cell?.hasFocus || selection.mode === "edit") return;
    event.preventDefault();
    acts.paste(parse(event.clipboardData.getData("text/plain")));
  });

  function carry(event) {
    if (!selection.here?.hasFocus || !selection.isBlock) return false;
    event.preventDefault();
    event.clipboardData.setData("text/plain", selection.block.map((row) => row.map((cell) => cell.text).join("\t")).join("\n"));
    return true;
  }
}

// Rows of texts.
export function parse(text) {
  const whole = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
  const mark = separator(whole);
  const rows = [[]];
  let field = "";
  let isQuoted = false;
  for (let n = 0; n < whole.length; n += 1) {
    const sign = whole[n];
    if (isQuoted && sign === '"' && whole[n + 1] === '"') { field += sign; n += 1; }
    else if (sign === '"' && (isQuoted || field === "")) isQuoted = !isQuoted;
    else if (!isQuoted && sign === mark) { rows.at(-1).push(field); field = ""; }
    else if (!isQuoted && sign === "\n") { rows.at(-1).push(field); rows.push([]); field = ""; }
    else field += sign;
  }
  rows.at(-1).push(field);
  return rows.map((row) => row.map((each) => each.replace(/\s+/g, " ").trim()));
}

// 17,5 is one mark and 17,5,12 are three; "12, 14" and "12";"14" are two.
function separator(text) {
  if (text.includes("\t")) return "\t";
  if (text.includes(";")) return ";";
  const lines = text.split("\n").filter(Boolean);
  const isList = lines.some((line) => line.split(",").length > 2 || (line.includes(",") && !/^\s*\d+,\d+\s*%?\s*$/.test(line)));
  return isList ? "," : "\t";
}
