namespace Functional.Host.Runs;

/// <summary>Finds where something begins, in a logarithm of the places.</summary>
internal sealed class Bisection
{
    /// <summary>How many places were looked at.</summary>
    public int Evaluations { get; set; }

    /// <summary>The first of a number of places at which something holds that, once it does, holds at all later ones;
    /// their number if it holds at none. Of what comes and goes it is one of the places where it comes.</summary>
    public int First(int length, Func<int, bool> holds)
    {
        var (without, with) = (-1, length);
        while (with - without > 1)
        {
            var middle = without + ((with - without) / 2);
            Evaluations++;
            if (holds(middle))
                with = middle;
            else
                without = middle;
        }
        return with;
    }
}
