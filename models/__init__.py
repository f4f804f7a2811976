"""The network: piano rolls, the generator contract, ONNX Runtime, trained .onnx files."""
