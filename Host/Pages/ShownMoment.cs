namespace Functional.Host.Pages;

/// <summary>Which moment of a run a page shows.</summary>
internal enum ShownMoment
{
    /// <summary>All that it has come to.</summary>
    End,

    /// <summary>How far it has come by now, while it goes on.</summary>
    Running,

    /// <summary>An earlier step of it.</summary>
    Earlier,
}
