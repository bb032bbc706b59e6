using FsCheck;
using FsCheck.Fluent;
using Functional.Testing;

namespace Functional.Tests.Testing;

/// <summary>States with groups and batches with weights, as users' laws get them.</summary>
public class TrainingCaseTests
{
    [Fact]
    public void A_step_of_any_state_changes_no_frozen_leaf_and_looks_at_ratios_of_weights()
    {
        var (frozen, weighted) = (0, 0);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200).WithQuietOnSuccess(true), Prop.ForAll(
            Arbitraries.TrainingCase(), given =>
            {
                var (state, batch) = (given.State, given.Batch);
                var (after, report) = Training.Step(state, batch);
                foreach (var leaf in Diagnostics.Of(state, batch).Parameters.Where(leaf => leaf.IsFrozen))
                {
                    frozen++;
                    Assert.Equal(
                        state.Network.Parameters()[leaf.Parameter].Values,
                        after.Network.Parameters()[leaf.Parameter].Values);
                }
                if (batch.Weights.IsEmpty)
                    return;
                weighted++;
                var twice = batch.WithWeights(Array.ConvertAll(batch.Weights.ToArray(), weight => 2 * weight));
                Assert.Equal(report.Loss, Training.Step(state, twice).Item2.Loss, 1e-9 * (1 + Math.Abs(report.Loss)));
            }));
        Assert.True(frozen > 10 && weighted > 10, $"{frozen} frozen leaves, {weighted} batches with weights");
    }
}
