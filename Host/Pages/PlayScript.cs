namespace Functional.Host.Pages;

/// <summary>What the playground's page does. It computes nothing: it asks the server and nobody else.</summary>
internal static class PlayScript
{
    /// <summary>As JavaScript.</summary>
    public const string Text = """
        'use strict';
        const id = name => document.getElementById(name);
        const texts = id('play').dataset, first = JSON.parse(texts.state);
        const options = [...document.querySelectorAll('[data-option]')];
        const units = [...document.querySelectorAll('[data-units]')];
        const ranges = new Map([...document.querySelectorAll('#settings [type=range]')]
          .map(field => [field, { min: field.min, max: field.max }]));
        const slider = id('step'), places = ['numbers', 'plane', 'course', 'units', 'doctor'];
        // The settings as they stand in the address, and the step that is looked at.
        let settings = {}, step = 0, ended = false, past = [], source = null;

        // What the controls say.
        function chosen() {
          const found = Object.fromEntries(options.map(field => [field.dataset.option, field.value]));
          const count = Number(id('layers').value);
          found.hidden = count ? units.slice(0, count).map(field => field.value).join(',') : 'none';
          const shape = id('shape').value;
          found.data = shape === '' ? texts.own : [shape, id('noise').value, id('points').value].join(':');
          return found;
        }
        // A value that a control doesn't offer is offered from then on.
        function put(field, value) {
          if (field.tagName === 'SELECT' && ![...field.options].some(option => option.value === value))
            field.add(new Option(value, value));
          const range = ranges.get(field);
          if (range) {
            field.min = Number(value) < Number(range.min) ? value : range.min;
            field.max = Number(value) > Number(range.max) ? value : range.max;
          }
          field.value = value;
          // Integers stay such.
          if (field.value !== value && field.step !== '1') { field.step = 'any'; field.value = value; }
        }
        function apply(all) {
          settings = { ...all };
          for (const field of options) put(field, all[field.dataset.option]);
          const hidden = all.hidden === 'none' ? [] : all.hidden.split(',');
          id('layers').value = hidden.length;
          // Of more layers than there is room for, the server says so.
          hidden.slice(0, units.length).forEach((count, i) => put(units[i], count));
          const [shape, noise = texts.noise, points = '1'] =
            all.data === texts.own && texts.own ? [''] : all.data.split(':');
          put(id('shape'), shape);
          put(id('noise'), noise);
          put(id('points'), points);
          label();
        }
        function label() {
          const count = Number(id('layers').value), own = id('shape').value === '';
          units.forEach((field, i) => { field.closest('label').hidden = i >= count; });
          id('noise').disabled = id('points').disabled = own;
          for (const output of document.querySelectorAll('#settings output'))
            output.textContent = id(output.htmlFor.value).value;
        }
        const query = () => new URLSearchParams({ ...settings, step }).toString();
        const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
        function place() {
          slider.max = Math.max(Number(slider.max), step);
          slider.value = step;
          id('at').textContent = texts.step.replace('{0}', step.toLocaleString('en'));
          id('undo').disabled = past.length === 0;
          id('back').disabled = step === 0;
          id('forward').disabled = id('toggle').disabled = ended && !source;
          id('toggle').textContent = source ? texts.pause : texts.play;
          history.replaceState(null, '', '#' + query());
        }
        function draw(moment) {
          step = moment.step;
          ended = moment.ended;
          for (const name of places) id(name).innerHTML = moment[name];
          for (const copy of document.querySelectorAll('[data-code]')) copy.textContent = moment[copy.dataset.code];
          id('said').textContent = '';
          place();
        }
        const fail = why => { pause(); id('said').textContent = why; };

        // One request at a time; what is wanted meanwhile is asked for after it.
        let wanted = null, busy = false;
        async function show(at) {
          wanted = at;
          if (busy) return;
          busy = true;
          while (wanted !== null) {
            step = wanted;
            wanted = null;
            try {
              const response = await fetch('moment?' + query());
              const answer = await response.json();
              if (wanted !== null) continue;
              if (response.ok) draw(answer); else fail(answer.error);
            } catch { fail(texts.gone); }
          }
          busy = false;
        }
        function pause() {
          source?.close();
          source = null;
          place();
        }
        function play() {
          source?.close();
          const mine = source = new EventSource('events?' + query() + '&by=' + id('speed').value);
          mine.onmessage = event => {
            if (mine !== source) return;
            const moment = JSON.parse(event.data);
            draw(moment);
            if (ended) pause(); else if (moment.last) play();
          };
          // Why is said to a request for the moment itself.
          mine.onerror = () => { if (mine === source) { pause(); show(step); } };
          place();
        }
        // Goes on with what is set now, at the same step.
        function change() {
          label();
          const next = chosen();
          if (same(next, settings)) return;
          settings = next;
          if (source) play(); else show(step);
        }
        const remember = () => { past.push({ settings: { ...settings }, step }); };

        let before = null;
        id('settings').addEventListener('submit', event => event.preventDefault());
        id('settings').addEventListener('input', () => {
          before ??= { settings: { ...settings }, step };
          change();
        });
        // While a slider is moved there are many states; undo goes back to the one before it moved.
        id('settings').addEventListener('change', () => {
          change();
          if (before && !same(before.settings, settings)) past.push(before);
          before = null;
          place();
        });
        const actions = {
          toggle: () => source ? pause() : play(),
          forward: () => { pause(); show(step + 1); },
          back: () => { pause(); show(Math.max(0, step - 1)); },
          restart: () => { pause(); show(0); },
          undo: () => {
            const last = past.pop();
            if (!last) return;
            const running = source;
            apply(last.settings);
            step = last.step;
            if (running) play(); else show(step);
          },
          reset: () => { remember(); pause(); apply(first); show(0); },
        };
        for (const [name, act] of Object.entries(actions)) id(name).addEventListener('click', act);
        slider.addEventListener('input', () => {
          const at = Number(slider.value);
          pause();
          show(at);
        });
        id('speed').addEventListener('change', () => { if (source) play(); });
        const keys = { ' ': 'toggle', ArrowRight: 'forward', ArrowLeft: 'back', Home: 'restart', z: 'undo' };
        addEventListener('keydown', event => {
          const name = keys[event.key], at = event.target;
          if (!name || at.closest('input,select,button,summary,pre,a') || (event.key !== 'z' && event.ctrlKey)
            || event.altKey || event.metaKey) return;
          event.preventDefault();
          if (!id(name).disabled) actions[name]();
        });
        for (const button of document.querySelectorAll('[data-copies]'))
          button.addEventListener('click', async () => {
            const text = document.querySelector(`[data-code=${button.dataset.copies}]`);
            try {
              await navigator.clipboard.writeText(text.textContent);
              button.textContent = texts.copied;
            } catch { getSelection().selectAllChildren(text); }
            setTimeout(() => { button.textContent = texts.copy; }, 1500);
          });
        const follow = what => { pause(); location.href = 'trace?' + query() + what; };
        id('follow').addEventListener('submit', event => {
          event.preventDefault();
          follow('&sample=' + id('sample').value);
        });
        // The nearest point is the server's to find.
        id('plane').addEventListener('click', event => {
          const frame = id('plane').querySelector('.plane'), box = frame.getBoundingClientRect(), at = frame.dataset;
          const right = (event.clientX - box.left) / box.width, up = (box.bottom - event.clientY) / box.height;
          if (right < 0 || right > 1 || up < 0 || up > 1) return;
          const between = (low, high, share) => Number(low) + share * (high - low);
          follow('&x=' + between(at.left, at.right, right) + '&y=' + between(at.bottom, at.top, up));
        });
        // A link that somebody sent has the state behind its hash.
        function restore() {
          const { step: at = texts.at, ...all } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
          const isFirst = Object.keys(settings).length === 0, now = { ...first, ...all };
          const moved = !same(now, isFirst ? first : settings) || Number(at) !== (isFirst ? Number(texts.at) : step);
          apply(now);
          step = Math.trunc(Number(at)) || 0;
          if (moved) show(step); else place();
        }
        // Not pause(): that writes the old state into the address.
        addEventListener('hashchange', () => { source?.close(); source = null; restore(); });
        ended = texts.ended === 'true';
        restore();
        """;
}
