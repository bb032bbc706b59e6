using Functional.Host;
using Functional.Host.Pages;

namespace Functional.Tests;

/// <summary>A test that needs Chromium, Chrome or Edge; it is skipped where there is none.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        try
        {
            PngBrowser.Find(Environment.GetEnvironmentVariable("PATH"));
        }
        catch (OperationFailedException e)
        {
            Skip = e.Message;
        }
    }
}
