package io.patchstream.trainer.export;

/** The ONNX element types that our graphs use. */
enum ElementType {
    FLOAT(1, 4),
    UINT8(2, 1),
    INT8(3, 1),
    INT64(7, 8),
    FLOAT16(10, 2);

    private final int code;
    private final int byteSize;

    ElementType(int code, int byteSize) {
        this.code = code;
        this.byteSize = byteSize;
    }

    /** {@code TensorProto.DataType}. */
    int code() {
        return code;
    }

    /** Bytes per element. */
    int byteSize() {
        return byteSize;
    }
}
