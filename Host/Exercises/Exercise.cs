using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Exercises;

/// <summary>Marks answers to the exercises that <c>functional exercise</c> writes. A batch has one sample per
/// column.</summary>
public static class Exercise
{
    /// <summary>The gradient of a loss to which rate/2 times the sum of all squared weights is added.</summary>
    /// <param name="answer">Of the rate, the weight and the gradient of the loss alone.</param>
    public static Mark Ridge(Func<double, Matrix<double>, Matrix<double>, Matrix<double>> answer) =>
        Penalties.Ridge.Of(at => [answer.Given()(at.Numbers[0], at.Matrices[0], at.Matrices[1])]);

    /// <summary>The gradient of a loss to which rate times the sum of all |weights| is added.</summary>
    /// <param name="answer">Of the rate, the weight and the gradient of the loss alone.</param>
    public static Mark Lasso(Func<double, Matrix<double>, Matrix<double>, Matrix<double>> answer) =>
        Penalties.Lasso.Of(at => [answer.Given()(at.Numbers[0], at.Matrices[0], at.Matrices[1])]);

    /// <summary>A window of an image, at a place drawn from a key.</summary>
    /// <param name="answer">Of the image, the window's height and width, and the key.</param>
    public static Mark RandomCrop(Func<Matrix<double>, int, int, Key, Matrix<double>> answer) =>
        CropMarker.Of(answer.Given());

    /// <summary>dL/dx of y = sigmoid(x).</summary>
    /// <param name="answer">Of y and dL/dy.</param>
    public static Mark Sigmoid(Func<Matrix<double>, Matrix<double>, Matrix<double>> answer) =>
        Backward.Sigmoid.Of(at => [answer.Given()(at.Matrices[0], at.Matrices[1])]);

    /// <summary>dL/dx of inverted dropout, y = mask x / (1 - ratio).</summary>
    /// <param name="answer">Of the ratio dropped, the mask (1 keeps an element, 0 drops it) and dL/dy.</param>
    public static Mark Dropout(Func<double, Matrix<double>, Matrix<double>, Matrix<double>> answer) =>
        Backward.Dropout.Of(at => [answer.Given()(at.Numbers[0], at.Matrices[0], at.Matrices[1])]);

    /// <summary>dL/dx of batch normalization, y = gamma (x - mean) / sqrt(variance + epsilon) + beta.</summary>
    /// <param name="answer">Of epsilon, x (units x samples), gamma (units x 1) and dL/dy.</param>
    public static Mark BatchNorm(
        Func<double, Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>> answer) =>
        BatchNormBackward.Marker.Of(
            at => [answer.Given()(at.Numbers[0], at.Matrices[0], at.Matrices[1], at.Matrices[2])]);

    /// <summary>A step of Momentum: the weight and the velocity after it.</summary>
    /// <param name="answer">Of the rate, the momentum, the weight, the velocity and the gradient.</param>
    public static Mark Momentum(
        Func<double, double, Matrix<double>, Matrix<double>, Matrix<double>, (Matrix<double>, Matrix<double>)>
            answer) => MomentumStep.Marker.Of(at =>
        {
            var (weight, velocity) = answer.Given()(
                at.Numbers[0], at.Numbers[1], at.Matrices[0], at.Matrices[1], at.Matrices[2]);
            return [weight, velocity];
        });

    /// <summary>Weights with He's deviation.</summary>
    /// <param name="answer">Of the number of outputs, the number of inputs, and a key: outputs x inputs.</param>
    public static Mark He(Func<int, int, Key, Matrix<double>> answer) => HeMarker.Of(answer.Given());
}
