using Functional.Host.Charts;
using Functional.Host.Experiments;
using Functional.Host.Runs;

namespace Functional.Host.Pages;

/// <summary>The page of a run that is looked at while it learns: how it goes, a slider over its steps, and the run's
/// page at the step that the slider stands on.</summary>
internal static class LivePage
{
    private const string Style = """
        #live{position:sticky;top:0;z-index:1;background:var(--chart-paper);padding:.6rem 0;
        border-bottom:1px solid var(--chart-grid)}
        #live p{margin:0 0 .3rem}
        .rewind{display:flex;flex-wrap:wrap;gap:.4rem 1rem;align-items:center}
        .rewind input{flex:1 1 12rem;min-width:8rem}
        .rewind output{font-variant-numeric:tabular-nums;white-space:nowrap}
        button{font:inherit;color:inherit;background:var(--chart-paper);border:1px solid var(--chart-line);
        border-radius:.3rem;padding:.2rem .8rem;cursor:pointer}
        button:disabled{opacity:.5;cursor:default}
        input[type=range]{accent-color:var(--chart-0)}
        .tools{display:flex;flex-wrap:wrap;gap:0 2rem;margin-top:.3rem}
        .tools details[open]{flex-basis:100%}
        .tools summary{cursor:pointer}
        .tools form{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end;padding:.4rem 0}
        .tools label{display:flex;flex-direction:column;font-size:.85rem;color:var(--chart-muted)}
        .tools input,.tools select{font:inherit;font-size:1rem;color:var(--chart-ink);background:var(--chart-paper);
        border:1px solid var(--chart-line);border-radius:.3rem;padding:.2rem .4rem;width:8rem;height:2.1rem;box-sizing:border-box}
        .tools label.wide{flex:1 1 14rem}
        .tools label.wide input{width:100%}
        .tools output{flex-basis:100%;overflow-wrap:anywhere}
        #live:has(details[open]){position:static}
        #content[aria-busy=true]{opacity:.6}
        #forks:not(:empty){border-bottom:1px solid var(--chart-grid);margin-bottom:2rem;padding-bottom:1rem}
        @media print{#live{display:none}}
        """;

    /// <summary>What the page does, as JavaScript; it asks the server and nobody else.</summary>
    public const string Script = """
        'use strict';
        const id = name => document.getElementById(name);
        const slider = id('step'), content = id('content'), texts = id('live').dataset;
        // The step that is looked at; null stands for the newest, whichever that is.
        let looked = null, wanted = false, busy = false, stamp = id('live').dataset.stamp, forks = '';
        const place = () => {
          const step = Number(slider.value).toLocaleString('en'), last = Number(slider.max).toLocaleString('en');
          id('at').textContent = texts.step.replace('{0}', step).replace('{1}', last);
          id('newest').disabled = looked === null;
          id('from').textContent = texts.from.replace('{0}', step);
          const hash = looked === null ? '' : '#' + looked;
          if (location.hash !== hash) history.replaceState(null, '', hash || location.pathname);
        };
        // What follows a run in progress takes a thirtieth of the time, so that training has the rest.
        const share = 30, least = 500;
        let running = id('live').dataset.running === 'true', wake = () => { };
        const pause = time => new Promise(done => { wake = done; setTimeout(done, time); });
        const painted = () => new Promise(done => setTimeout(() => requestAnimationFrame(() => setTimeout(done)), 0));
        // One request at a time; what is wanted meanwhile is asked for after it.
        async function show() {
          wanted = true;
          if (busy) return;
          busy = true;
          while (wanted) {
            wanted = false;
            content.setAttribute('aria-busy', 'true');
            const start = performance.now();
            try {
              const response = await fetch(looked === null ? 'content' : 'content?step=' + looked);
              const text = await response.text();
              if (wanted && looked !== null) continue;
              if (response.ok) {
                content.innerHTML = text;
                document.title = content.querySelector('h1')?.textContent ?? document.title;
              } else id('status').textContent = JSON.parse(text).error;
            } catch { id('status').textContent = texts.gone; }
            content.removeAttribute('aria-busy');
            if (looked !== null || !running) continue;
            if (!document.hidden) await painted();
            await pause(Math.max(least, share * (performance.now() - start)));
          }
          busy = false;
        }
        // What the server says to a form; one request of a form at a time.
        async function ask(form, path, method) {
          const said = form.querySelector('output'), button = form.querySelector('button');
          button.disabled = true;
          said.textContent = texts.computing;
          try {
            const response = await fetch(path, { method });
            const answer = await response.json();
            said.textContent = answer.error ?? answer.text ?? answer.command;
            return response.ok ? answer : null;
          } catch { said.textContent = texts.gone; } finally { button.disabled = false; }
          return null;
        }
        id('find').addEventListener('submit', async event => {
          event.preventDefault();
          const found = await ask(id('find'), 'bisect?when=' + encodeURIComponent(id('when').value), 'GET');
          if (found && found.step !== undefined && found.step !== null) go(found.step);
        });
        id('fork').addEventListener('submit', event => {
          event.preventDefault();
          const options = [...id('fork').querySelectorAll('[data-option]')].filter(field => field.value.trim())
            .map(field => '--' + field.dataset.option + ' ' + field.value.trim());
          const all = [...options, id('options').value.trim()].join(' ').trim();
          ask(id('fork'), 'fork?step=' + slider.value + '&options=' + encodeURIComponent(all), 'POST');
        });
        async function compare() {
          const response = await fetch('forks');
          if (response.ok) id('forks').innerHTML = await response.text();
        }
        const go = step => {
          wake();
          slider.value = step;
          looked = slider.value === slider.max ? null : slider.value;
          place(); show();
        };
        slider.addEventListener('input', () => go(slider.value));
        id('newest').addEventListener('click', () => go(slider.max));
        addEventListener('hashchange', () => { if (/^#[0-9]+$/.test(location.hash)) go(location.hash.slice(1)); });
        const events = new EventSource('events');
        events.onmessage = event => {
          const news = JSON.parse(event.data);
          id('status').textContent = news.status;
          if (running && !news.running) wake();
          running = news.running;
          slider.max = news.saved;
          if (looked === null) slider.value = slider.max;
          place();
          if (looked === null && stamp !== news.stamp) show();
          if (forks !== news.forks) compare();
          [stamp, forks] = [news.stamp, news.forks];
        };
        events.onerror = () => { id('status').textContent = texts.gone; };
        if (/^#[0-9]+$/.test(location.hash)) go(location.hash.slice(1)); else place();
        """;

    /// <summary>The page.</summary>
    /// <param name="name">The run's.</param>
    /// <param name="stamp">Of what is shown.</param>
    /// <param name="first">The first step that can be looked at.</param>
    /// <param name="status">How the run goes.</param>
    /// <param name="configuration">The run's, of which a fork may have others.</param>
    /// <param name="content">What is shown at first.</param>
    /// <param name="language">The language of its texts.</param>
    public static string Render(
        string name, string stamp, int first, LiveStatus status, TrainConfiguration configuration, Markup content,
        Language language)
    {
        string Say(LocalizedText text) => text.In(language);
        return Page.Of(
            $"Functional: {name}",
            Markup.Lines(
                Markup.Of($$"""
                    <div id="live" data-stamp="{{stamp}}" data-running="{{(status.IsRunning ? "true" : "false")}}"
                    data-step="{{Say(("step {0} of {1}", "ステップ {0} / {1}"))}}"
                    data-from="{{Say((
                        "Go on from step {0}, with other options", "ステップ{0}から別のオプションで続ける"))}}"
                    data-computing="{{Say(("Computing ...", "計算中..."))}}"
                    data-gone="{{Say(("No connection: the program that showed this page has ended.",
                        "接続が切れました。このページを表示していたプログラムは終了しています。"))}}">
                    <p id="status" role="status">{{status.Text}}</p>
                    <div class="rewind">
                    <label for="step">{{Say(("Look at step", "表示するステップ"))}}</label>
                    <input type="range" id="step" min="{{first}}" max="{{status.Saved}}" value="{{status.Saved}}"/>
                    <output id="at" for="step"></output>
                    <button type="button" id="newest">{{Say(("Newest", "最新"))}}</button>
                    </div>
                    {{Tools(configuration, Say)}}
                    </div>
                    """),
                Markup.Of($"<div id=\"forks\"></div>"),
                Markup.Of($"<div id=\"content\">\n{content}\n</div>"),
                Markup.Of($"<script src=\"page.js\" defer=\"defer\"></script>")),
            language, Style);
    }

    // A condition that is looked for, and what a fork may have otherwise.
    private static Markup Tools(TrainConfiguration configuration, Func<LocalizedText, string> say) => Markup.Of($"""
        <div class="tools">
        <details>
        <summary>{say(("Find the step where ...", "条件が成り立つステップを探す"))}</summary>
        <form id="find">
        <label class="wide" for="when">{say(("Condition", "条件"))}
        <input id="when" list="conditions" required="required" autocomplete="off"
        placeholder="test-loss&lt;0.5"/></label>
        <datalist id="conditions"><option value="dead&gt;0"></option><option value="nan"></option>
        <option value="test-accuracy&gt;90%"></option><option value="test-loss&lt;0.5"></option></datalist>
        <button>{say(("Find", "探す"))}</button>
        <output for="when"></output>
        </form>
        </details>
        <details>
        <summary id="from"></summary>
        <form id="fork">
        {Field("learning-rate", say(("Learning rate", "学習率")), configuration)}
        {Optimizers(configuration, say)}
        {Field("dropout", say(("Dropout", "ドロップアウト")), configuration)}
        {Field("epochs", say(("Epochs", "エポック数")), configuration)}
        <label class="wide" for="options">{say(("Other options of train", "trainの他のオプション"))}
        <input id="options" autocomplete="off" spellcheck="false" placeholder="--l2 0.001 --batch-size 50"/></label>
        <button>{say(("Train this fork", "この分岐を学習"))}</button>
        <output></output>
        </form>
        </details>
        </div>
        """);

    // Where it is empty, the fork has the run's own.
    private static Markup Field(string option, string label, TrainConfiguration configuration) =>
        TrainOptions.All.First(each => each.Name == option).Get(configuration) is not { } value ? Markup.Empty
            : Markup.Of($"""
                <label for="fork-{option}">{label}
                <input id="fork-{option}" data-option="{option}" inputmode="decimal" autocomplete="off"
                placeholder="{value}"/></label>
                """);

    private static Markup Optimizers(TrainConfiguration configuration, Func<LocalizedText, string> say)
    {
        var own = configuration.Optimizer.Name;
        return Markup.Of($"""
            <label for="fork-optimizer">{say(("Optimizer", "最適化手法"))}
            <select id="fork-optimizer" data-option="optimizer"><option value="">{own}</option>
            {Markup.Lines(OptimizerSettings.Names.Where(name => name != own)
                .Select(name => Markup.Of($"<option>{name}</option>")))}</select></label>
            """);
    }
}
