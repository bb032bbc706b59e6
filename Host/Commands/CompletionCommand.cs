using System.CommandLine;

namespace Functional.Host.Commands;

/// <summary><c>functional completion</c>: what lets a shell complete the program's words.</summary>
/// <remarks>The words come from the program itself, asked with System.CommandLine's directive
/// <c>[suggest:POSITION]</c>. Options are shown once a dash is typed, and files where there is nothing else.</remarks>
internal static class CompletionCommand
{
    private const string Bash = """
        _functional() {
            local IFS=$'\n' line="${COMP_LINE:0:COMP_POINT}" word="${COMP_WORDS[COMP_CWORD]}" found
            found=$("$1" "[suggest:${#line}]" "$line" 2> /dev/null)
            [[ $word == -* ]] || found=$(grep -v '^-' <<< "$found")
            COMPREPLY=($(compgen -W "$found" -- "$word"))
        }
        complete -o default -F _functional functional

        """;

    private const string Zsh = """
        #compdef functional
        _functional() {
            local line="${(j: :)words[1,CURRENT-1]} $PREFIX"
            local -a found=(${(f)"$($words[1] "[suggest:${#line}]" "$line" 2> /dev/null)"})
            [[ $PREFIX == -* ]] || found=(${found:#-*})
            compadd -a found || _files
        }
        compdef _functional functional

        """;

    private const string Fish = """
        function __functional_words
            set -l line (commandline -cp | string collect)
            set -l word (commandline -ct | string collect)
            set -l found (functional "[suggest:"(string length -- "$line")"]" "$line" 2> /dev/null \
                | string match -- "$word*")
            string match -q -- '-*' "$word"; or set found (string match -v -- '-*' $found)
            if test (count $found) -gt 0
                printf '%s\n' $found
            else
                __fish_complete_path "$word"
            end
        end
        complete -c functional -f -a '(__functional_words)'

        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName functional -ScriptBlock {
            param($word, $ast, $position)
            $length = $position - $ast.Extent.StartOffset
            $line = $ast.ToString().PadRight($length).Substring(0, $length)
            functional "[suggest:$length]" $line 2> $null |
                Where-Object { $_.StartsWith($word) -and ($word.StartsWith('-') -or -not $_.StartsWith('-')) } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
        }

        """;

    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = Bash, ["zsh"] = Zsh, ["fish"] = Fish, ["pwsh"] = PowerShell,
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = string.Join(", ", Scripts.Keys) };
        shell.CompletionSources.Add([.. Scripts.Keys]);
        var command = new CommandWithExamples(
            "completion", "Print a script that lets a shell complete commands, options and values.",
            ("source <(functional completion bash)", "in ~/.bashrc; for zsh in ~/.zshrc, after compinit"),
            ("functional completion fish > ~/.config/fish/completions/functional.fish", "once, for fish"),
            ("functional completion pwsh | Out-String | Invoke-Expression", "in PowerShell's $PROFILE"))
        {
            shell,
        };
        command.SetAction(parsed =>
        {
            var name = parsed.GetValue(shell)!;
            Console.Out.Write(Scripts.TryGetValue(name, out var script)
                ? script.ReplaceLineEndings("\n")
                : throw new UsageException(
                    $"there is no completion for '{name}'; there is for {string.Join(", ", Scripts.Keys)}"));
            return ExitCode.Done;
        });
        return command;
    }
}
