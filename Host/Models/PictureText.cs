using System.Text;
using Functional.Host.Data;

namespace Functional.Host.Models;

/// <summary>Images in characters, for a terminal: two rows of pixels in a line.</summary>
internal static class PictureText
{
    private const int Widest = 78;
    private const string Shades = " .:-=+*#%@";

    /// <summary>The first image, light on dark; a line of its own for each two rows. Images too wide for a terminal
    /// give none.</summary>
    public static string Of(Images images)
    {
        if (images.Width > Widest || images.Count == 0)
            return "";
        var gray = images.Gray(0).Span;
        var text = new StringBuilder();
        for (var row = 0; row < images.Height; row += 2)
        {
            for (var column = 0; column < images.Width; column++)
            {
                var below = Math.Min(row + 1, images.Height - 1);
                var level = (gray[(row * images.Width) + column] + gray[(below * images.Width) + column]) / 2;
                text.Append(Shades[level * (Shades.Length - 1) / 255]);
            }
            text.AppendLine();
        }
        return text.ToString();
    }
}
