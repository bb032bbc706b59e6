using Functional.Host.Charts;
using Functional.Host.Experiments;

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
        #content[aria-busy=true]{opacity:.6}
        @media print{#live{display:none}}
        """;

    /// <summary>What the page does, as JavaScript; it asks the server and nobody else.</summary>
    public const string Script = """
        'use strict';
        const id = name => document.getElementById(name);
        const slider = id('step'), content = id('content'), texts = id('live').dataset;
        // The step that is looked at; null stands for the newest, whichever that is.
        let looked = null, wanted = false, busy = false, stamp = id('live').dataset.stamp;
        const place = () => {
          const step = Number(slider.value).toLocaleString('en'), last = Number(slider.max).toLocaleString('en');
          id('at').textContent = texts.step.replace('{0}', step).replace('{1}', last);
          id('newest').disabled = looked === null;
          history.replaceState(null, '', looked === null ? location.pathname : '#' + looked);
        };
        // One request at a time; what is wanted meanwhile is asked for after it.
        async function show() {
          wanted = true;
          if (busy) return;
          busy = true;
          while (wanted) {
            wanted = false;
            content.setAttribute('aria-busy', 'true');
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
            if (looked === null) await new Promise(done => setTimeout(done, 500));
          }
          busy = false;
        }
        const go = step => {
          slider.value = step;
          looked = slider.value === slider.max ? null : slider.value;
          place(); show();
        };
        slider.addEventListener('input', () => go(slider.value));
        id('newest').addEventListener('click', () => go(slider.max));
        addEventListener('hashchange', () => go(location.hash.slice(1) || slider.max));
        const events = new EventSource('events');
        events.onmessage = event => {
          const news = JSON.parse(event.data);
          id('status').textContent = news.status;
          slider.max = news.saved;
          if (looked === null) slider.value = slider.max;
          place();
          if (looked === null && stamp !== news.stamp) show();
          stamp = news.stamp;
        };
        events.onerror = () => { id('status').textContent = texts.gone; };
        if (/^#[0-9]+$/.test(location.hash)) go(location.hash.slice(1)); else place();
        """;

    /// <summary>The page.</summary>
    /// <param name="name">The run's.</param>
    /// <param name="stamp">Of what is shown.</param>
    /// <param name="first">The first step that can be looked at.</param>
    /// <param name="status">How the run goes.</param>
    /// <param name="content">What is shown at first.</param>
    /// <param name="language">The language of its texts.</param>
    public static string Render(
        string name, string stamp, int first, LiveStatus status, Markup content, Language language)
    {
        string Say(LocalizedText text) => text.In(language);
        return Page.Of(
            $"Functional: {name}",
            Markup.Lines(
                Markup.Of($$"""
                    <div id="live" data-stamp="{{stamp}}"
                    data-step="{{Say(("step {0} of {1}", "ステップ {0} / {1}"))}}"
                    data-gone="{{Say(("No connection: the program that showed this page has ended.",
                        "接続が切れました。このページを表示していたプログラムは終了しています。"))}}">
                    <p id="status" role="status">{{status.Text}}</p>
                    <div class="rewind">
                    <label for="step">{{Say(("Look at step", "表示するステップ"))}}</label>
                    <input type="range" id="step" min="{{first}}" max="{{status.Saved}}" value="{{status.Saved}}"/>
                    <output id="at" for="step"></output>
                    <button type="button" id="newest">{{Say(("Newest", "最新"))}}</button>
                    </div>
                    </div>
                    """),
                Markup.Of($"<div id=\"content\">\n{content}\n</div>"),
                Markup.Of($"<script src=\"page.js\" defer=\"defer\"></script>")),
            language, Style);
    }
}
