package dev.bertserve.server.tensorflow;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteBuffer;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteDeviceList;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListCount;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListName;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListType;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_GetRegisteredKernelsForOp;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SessionListDevices;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SetConfig;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_DeviceList;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;
import org.tensorflow.proto.KernelList;

/** The devices that TensorFlow finds. */
@SuppressWarnings("try") // a scope closes the objects created in it, and is not used by name
final class TensorFlowDevices {

  /** Allocates GPU memory as needed; the first session of a process decides for all. */
  static final GPUOptions GPU_OPTIONS = GPUOptions.newBuilder().setAllowGrowth(true).build();

  private static final String GPU = "GPU";

  private TensorFlowDevices() {}

  /** Whether this build of TensorFlow can use a GPU. */
  static boolean hasGpuKernels() {
    try (PointerScope scope = new PointerScope()) {
      TF_Status status = TF_Status.newStatus();
      TF_Buffer kernels = TF_GetRegisteredKernelsForOp("MatMul", status);
      status.throwExceptionIfNotOK();
      try {
        return KernelList.parseFrom(kernels.dataAsByteBuffer()).getKernelList().stream()
            .anyMatch(kernel -> kernel.getDeviceType().equals(GPU));
      } finally {
        TF_DeleteBuffer(kernels);
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("kernels of MatMul: not readable (expected: a proto)", e);
    }
  }

  /** Names of the GPUs that a session may use. */
  static List<String> gpus() {
    byte[] config = ConfigProto.newBuilder().setGpuOptions(GPU_OPTIONS).build().toByteArray();
    try (PointerScope scope = new PointerScope()) {
      TF_Status status = TF_Status.newStatus();
      TF_SessionOptions options = TF_SessionOptions.newSessionOptions();
      TF_SetConfig(options, new BytePointer(config), config.length, status);
      status.throwExceptionIfNotOK();
      TF_Session session = TF_Session.newSession(TF_Graph.newGraph(), options, status);
      status.throwExceptionIfNotOK();
      TF_DeviceList devices = TF_SessionListDevices(session, status);
      status.throwExceptionIfNotOK();
      try {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < TF_DeviceListCount(devices); i++) {
          if (TF_DeviceListType(devices, i, status).getString().equals(GPU)) {
            names.add(TF_DeviceListName(devices, i, status).getString());
          }
        }
        return names;
      } finally {
        TF_DeleteDeviceList(devices);
      }
    }
  }
}
