using System.Globalization;
using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Experiments;
using Functional.Host.Models;

namespace Functional.Host.Pages;

/// <summary>The page of a served model: a form for a row, or a sheet to draw on, and the model's answer beside it.
/// </summary>
internal static class ServePage
{
    private const string Style = """
        .ask{display:flex;flex-wrap:wrap;gap:1rem 3rem;align-items:flex-start}
        .ask>form,.ask>div{flex:1 1 18rem;min-width:0;max-width:28rem}
        .ask p:first-child{margin-top:0}
        .field{display:flex;flex-direction:column;gap:.2rem;margin:0 0 .8rem}
        .field label{overflow-wrap:anywhere}
        input,select,textarea,button{font:inherit;color:inherit;background:var(--chart-paper);
        border:1px solid var(--chart-line);border-radius:.3rem;padding:.4rem .6rem;max-width:100%;box-sizing:border-box}
        button{cursor:pointer;padding:.4rem 1.2rem}
        canvas{touch-action:none;display:block;border:1px solid var(--chart-line);border-radius:.3rem}
        #sheet{width:280px;height:280px;cursor:crosshair;background:#fff}
        #seen{width:112px;height:112px;image-rendering:pixelated}
        #answer table{width:100%}
        #answer th{white-space:normal;overflow-wrap:anywhere}
        #answer td:last-child{width:40%}
        #answer td{vertical-align:middle}
        .share{display:block;height:.8rem;border-radius:.2rem;background:var(--chart-0)}
        #said{font-size:1.5rem;margin:.2rem 0}
        #said.failed{font-size:1rem;color:var(--page-failed)}
        .buttons{display:flex;flex-wrap:wrap;gap:.6rem;margin:.8rem 0}
        """;

    /// <summary>What the page does, as JavaScript; it asks the server and nobody else.</summary>
    public const string Script = """
        'use strict';
        const id = name => document.getElementById(name);
        const texts = id('answer').dataset;
        let turn = 0;
        async function ask(body, type) {
          const mine = ++turn;
          try {
            const response = await fetch('predict', { method: 'POST', headers: { 'Content-Type': type }, body });
            const answer = await response.json();
            if (mine !== turn) return;
            if (response.ok) show(answer); else fail(answer.error);
          } catch { if (mine === turn) fail(texts.gone); }
        }
        function element(kind, text, parent) {
          const made = parent.appendChild(document.createElement(kind));
          made.textContent = text;
          return made;
        }
        function fail(why) {
          id('said').textContent = why;
          id('said').className = 'failed';
          id('numbers').replaceChildren();
        }
        function show(answer) {
          const found = answer.predictions[0], rows = id('numbers');
          rows.replaceChildren();
          id('said').className = '';
          if (found.quantities) {
            const all = Object.entries(found.quantities);
            const text = value => value === null ? '–'
              : typeof value === 'string' ? value : String(Number(value.toPrecision(6)));
            id('said').textContent = all.length === 1 ? all[0][0] + ' ' + text(all[0][1]) : '';
            for (const [name, number] of all.length === 1 ? [] : all) {
              const row = element('tr', '', rows);
              element('th', name, row).scope = 'row';
              element('td', text(number), row).className = 'number';
            }
          } else {
            id('said').textContent = found.name ?? texts.none;
            const numbers = found.probabilities ?? found.scores ?? [];
            numbers.map((number, i) => ({ number, name: answer.classes ? answer.classes[i] : String(i) }))
              .sort((a, b) => b.number - a.number).slice(0, 10).forEach(({ number, name }) => {
                const row = element('tr', '', rows);
                element('th', name, row).scope = 'row';
                element('td', number === null ? '–' : found.probabilities
                  ? (100 * number).toFixed(2) + '%' : number.toPrecision(4), row).className = 'number';
                const share = element('span', '', element('td', '', row));
                share.className = 'share';
                share.style.width = found.probabilities ? 100 * number + '%' : '0';
              });
          }
          if (answer.seen && id('seen')) draw(answer.seen);
        }
        function draw({ height, width, channels, pixels }) {
          const seen = id('seen'), bytes = atob(pixels);
          [seen.height, seen.width] = [height, width];
          const context = seen.getContext('2d'), image = context.createImageData(width, height);
          for (let i = 0; i < width * height; i++)
            for (let c = 0; c < 4; c++)
              image.data[4 * i + c] = c === 3 ? 255 : bytes.charCodeAt(channels * i + (channels === 3 ? c : 0));
          context.putImageData(image, 0, 0);
          id('shown').hidden = false;
        }
        const form = id('row');
        if (form) {
          const send = () => {
            const fields = [...form.querySelectorAll('[data-column]')];
            const value = field => field.value === '' ? null : field.value;
            const list = id('list');
            ask(list ? '[[' + list.value.split(/[\s,;]+/).filter(x => x).join(',') + ']]'
              : form.dataset.names ? JSON.stringify([Object.fromEntries(fields.map(f => [f.dataset.column, value(f)]))])
              : JSON.stringify([fields.map(value)]), 'application/json');
          };
          form.addEventListener('submit', event => { event.preventDefault(); send(); });
        }
        const sheet = id('sheet');
        if (sheet) {
          const pen = sheet.getContext('2d');
          const clear = () => { pen.fillStyle = '#fff'; pen.fillRect(0, 0, sheet.width, sheet.height); };
          const at = event => [event.offsetX * sheet.width / sheet.clientWidth,
            event.offsetY * sheet.height / sheet.clientHeight];
          let last = null;
          clear();
          const to = point => {
            [pen.lineWidth, pen.lineCap, pen.lineJoin, pen.strokeStyle] = [22, 'round', 'round', '#000'];
            pen.beginPath(); pen.moveTo(...last); pen.lineTo(...point); pen.stroke();
            last = point;
          };
          sheet.addEventListener('pointerdown', event => {
            sheet.setPointerCapture(event.pointerId); last = at(event); to(last); event.preventDefault();
          });
          sheet.addEventListener('pointermove', event => { if (last) to(at(event)); });
          const end = () => {
            if (!last) return;
            last = null;
            sheet.toBlob(blob => ask(blob, 'image/png'), 'image/png');
          };
          sheet.addEventListener('pointerup', end);
          sheet.addEventListener('pointercancel', end);
          id('clear').addEventListener('click', () => {
            turn++; clear(); id('said').textContent = ''; id('said').className = ''; id('numbers').replaceChildren();
            id('shown').hidden = true;
          });
        }
        const file = id('file');
        if (file) file.addEventListener('change', () => {
          if (file.files[0]) ask(file.files[0], 'application/octet-stream');
          file.value = '';
        });
        """;

    /// <summary>The page.</summary>
    /// <param name="model">What is asked.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="language">The language of its texts.</param>
    public static string Render(Model<float> model, string name, Language language)
    {
        string Say(LocalizedText text) => text.In(language);
        var title = model.Encoder is ImageEncoder
            ? Say(("What does the network see?", "ネットワークには何に見えるか"))
            : Say((model.Task is Regression ? "What does the network estimate?" : "What does the network say?",
                model.Task is Regression ? "ネットワークはどう見積もるか" : "ネットワークはどう答えるか"));
        return Page.Of(
            $"Functional: {title}",
            Markup.Lines(
                Markup.Of($"<h1>{title}</h1>"),
                Page.Paragraph($"{name}: {model}"),
                Markup.Of($"""
                    <div class="ask">
                    {(model.Encoder is ImageEncoder image ? Sheet(image, Say) : Form((TableEncoder)model.Encoder, Say))}
                    <div id="answer" role="status"
                    data-gone="{Say(("the server has ended", "サーバは終了しました"))}"
                    data-none="{Say(("no class: a score is not a number", "クラスなし：スコアが数ではありません"))}">
                    <p id="said"></p>
                    <table><tbody id="numbers"></tbody></table>
                    <div id="shown" hidden="hidden">
                    <p>{Say(("The network saw:", "ネットワークに見えたもの："))}</p>
                    <canvas id="seen" width="1" height="1" role="img" aria-label="{
                        Say(("the picture as the network takes it", "ネットワークに入力された画像"))}"></canvas>
                    </div>
                    </div>
                    </div>
                    """),
                Markup.Of($"<script src=\"page.js\" defer=\"defer\"></script>")),
            language, Style);
    }

    private static Markup Sheet(ImageEncoder image, Func<LocalizedText, string> say) => Markup.Of($"""
        <div>
        {(image.Channels > 1 ? Markup.Empty : Markup.Of($"""
            <p>{say(("Draw here:", "ここに描いてください："))}</p>
            <canvas id="sheet" width="280" height="280" role="img" aria-label="{
                say(("a sheet to draw on", "描くための用紙"))}"></canvas>
            <div class="buttons"><button type="button" id="clear">{say(("Clear", "消す"))}</button></div>
            """))}
        <div class="field"><label for="file">{say(("A picture (PNG, JPEG, BMP, GIF):",
            "画像（PNG、JPEG、BMP、GIF）："))}</label>
        <input type="file" id="file" accept="image/png,image/jpeg,image/bmp,image/gif"/></div>
        </div>
        """);

    private static Markup Form(TableEncoder table, Func<LocalizedText, string> say) => Markup.Of($"""
        <form id="row" {new Markup(table.HasNames ? "data-names=\"true\"" : "")}>
        {(table.HasNames || table.Columns.Count <= 20
            ? Markup.Lines(table.Columns.Select((column, place) => Field(column, place, say)))
            : Markup.Of($"""
                <div class="field"><label for="list">{say((
                    Invariant($"{table.Columns.Count} numbers, with commas or blanks between:"),
                    Invariant($"{table.Columns.Count} 個の数（コンマか空白で区切る）：")))}</label>
                <textarea id="list" rows="8"></textarea></div>
                """))}
        <div class="buttons"><button>{say(("Predict", "予測する"))}</button></div>
        </form>
        """);

    private static Markup Field(ColumnEncoding column, int place, Func<LocalizedText, string> say)
    {
        var (id, name) = (Invariant($"field{place}"), column.Name ?? Invariant($"{say(("column", "列"))} {place + 1}"));
        var key = column.Name ?? Invariant($"{place}");
        return Markup.Of($"""
            <div class="field"><label for="{id}">{name}</label>
            {column switch
            {
                CategoryEncoding category => Choice(id, key, category.Categories.Select(text => (text, text)), say),
                NumberEncoding { Kind: NumberKind.YesNo } => Choice(
                    id, key, [("no", say(("no", "いいえ"))), ("yes", say(("yes", "はい")))], say),
                NumberEncoding { Kind: NumberKind.Date } date => Date(id, key, date.Fill),
                NumberEncoding number => Markup.Of($"""
                    <input inputmode="decimal" autocomplete="off" id="{id}" data-column="{key}" value="{
                        number.Fill.ToString(
                            Math.Abs(number.Fill) is >= 1e6 and < 1e15 ? "F0" : "G6", CultureInfo.InvariantCulture)}"/>
                    """),
                _ => Markup.Empty,
            }}
            </div>
            """);
    }

    private static Markup Choice(
        string id, string key, IEnumerable<(string Value, string Text)> choices, Func<LocalizedText, string> say) =>
        Markup.Of($"""
            <select id="{id}" data-column="{key}">
            {Markup.Lines(choices.Select(choice =>
                Markup.Of($"<option value=\"{choice.Value}\">{choice.Text}</option>")))}
            <option value="">{say(("(empty)", "（空欄）"))}</option>
            </select>
            """);

    // The median of dates without times is a day, or half of one.
    private static Markup Date(string id, string key, double median)
    {
        var (kind, form) = double.IsInteger(2 * median) ? ("date", "yyyy-MM-dd")
            : ("datetime-local", "yyyy-MM-ddTHH:mm");
        var value = median is > -719_000 and < 2_900_000
            ? DateTime.UnixEpoch.AddDays(median).ToString(form, CultureInfo.InvariantCulture) : "";
        return Markup.Of($"<input type=\"{kind}\" id=\"{id}\" data-column=\"{key}\" value=\"{value}\"/>");
    }
}
