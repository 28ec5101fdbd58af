package dev.bertserve.server.storage;

import com.google.auth.Credentials;
import com.google.auth.ServiceAccountSigner;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.NoCredentials;
import com.google.cloud.ReadChannel;
import com.google.cloud.http.HttpTransportOptions;
import com.google.cloud.storage.Blob;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobField;
import com.google.cloud.storage.Storage.BlobListOption;
import com.google.cloud.storage.StorageException;
import com.google.cloud.storage.StorageOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Requests for the objects of one folder; none is repeated. Any thread. */
final class ObjectReader {

  /** Such as a local fake; nobody asks it for credentials. */
  private static final String EMULATOR = "STORAGE_EMULATOR_HOST";

  private static final String READ_ONLY = "https://www.googleapis.com/auth/devstorage.read_only";

  /** A model has some dozen; who names a bucket of data by mistake learns it soon. */
  private static final int MAX_OBJECTS = 10_000;

  /** Statuses of requests that may succeed later, beside all of the server's own faults. */
  private static final Set<Integer> PASSING = Set.of(408, 429);

  private final StorageFolder folder;
  private final Credentials credentials;
  private final Storage storage;

  /**
   * @param host of the service; null for Google's own
   */
  ObjectReader(
      StorageFolder folder,
      @Nullable String host,
      Credentials credentials,
      StorageSettings settings) {
    this.folder = folder;
    this.credentials = credentials;
    int timeoutMillis = Math.toIntExact(settings.timeout().toMillis());
    StorageOptions.Builder options =
        StorageOptions.http()
            .setProjectId("none")
            .setCredentials(credentials)
            .setStorageRetryStrategy(new NoRetries())
            .setTransportOptions(
                HttpTransportOptions.newBuilder()
                    .setConnectTimeout(timeoutMillis)
                    .setReadTimeout(timeoutMillis)
                    .build());
    if (host != null) {
      options.setHost(host);
    }
    storage = options.build().getService();
  }

  /** Reads with the credentials that this machine or {@code environment} has. */
  static ObjectReader of(
      StorageFolder folder, Map<String, String> environment, StorageSettings settings)
      throws IOException {
    String emulator = environment.getOrDefault(EMULATOR, "");
    if (emulator.isEmpty()) {
      return new ObjectReader(folder, null, applicationDefault(folder), settings);
    }
    String host = emulator.contains("://") ? emulator : "http://" + emulator;
    return new ObjectReader(folder, host, NoCredentials.getInstance(), settings);
  }

  private static Credentials applicationDefault(StorageFolder folder) throws IOException {
    try {
      return GoogleCredentials.getApplicationDefault().createScoped(READ_ONLY);
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          folder
              + ": no credentials: "
              + e.getMessage()
              + " (expected: the service account of a Google Cloud machine, or a file that"
              + " GOOGLE_APPLICATION_CREDENTIALS names)",
          e);
    }
  }

  /**
   * The objects of the folder and of the folders in it; empty objects named as folders are none.
   */
  List<StoredObject> list() throws IOException {
    List<StoredObject> objects = new ArrayList<>();
    try {
      for (Blob blob :
          storage
              .list(
                  folder.bucket(),
                  BlobListOption.prefix(folder.prefix()),
                  BlobListOption.fields(
                      BlobField.NAME,
                      BlobField.SIZE,
                      BlobField.GENERATION,
                      BlobField.CRC32C,
                      BlobField.CONTENT_ENCODING))
              .iterateAll()) {
        if (!blob.getName().endsWith("/")) {
          objects.add(object(blob));
        }
        if (objects.size() > MAX_OBJECTS) {
          throw new IOException(
              folder + ": more than " + MAX_OBJECTS + " objects (expected: the folder of a model)");
        }
      }
    } catch (StorageException e) {
      throw e.getCode() == 404
          ? new StorageFailure(
              folder + ": no bucket " + folder.bucket() + " (expected: one that exists)", false, e)
          : failure(folder.toString(), e);
    }
    if (objects.isEmpty()) {
      throw new IOException(
          folder + ": no objects under " + folder.prefix() + " (expected: the folder of a model)");
    }
    return objects;
  }

  private StoredObject object(Blob blob) throws IOException {
    String relative = blob.getName().substring(folder.prefix().length());
    String encoding = blob.getContentEncoding();
    if (encoding != null && !encoding.isEmpty()) {
      throw new IOException(
          folder.uri(relative)
              + ": Content-Encoding "
              + encoding
              + " (expected: none; store the model's files as they are)");
    }
    if (blob.getCrc32c() == null) {
      throw new IOException(folder.uri(relative) + ": no CRC32C (expected: that of its content)");
    }
    int crc32c = ByteBuffer.wrap(Base64.getDecoder().decode(blob.getCrc32c())).getInt();
    return new StoredObject(relative, blob.getSize(), blob.getGeneration(), crc32c);
  }

  /** Bytes {@code from} to {@code to} of {@code object}, as it was listed. */
  ObjectStream open(StoredObject object, long from, long to) throws IOException {
    ReadChannel channel =
        storage.reader(
            BlobId.of(folder.bucket(), folder.prefix() + object.path(), object.generation()));
    // The caller has buffers of its own.
    channel.setChunkSize(0);
    channel.seek(from);
    channel.limit(to);
    return new ObjectStream(channel, from, to, failure -> failure(object, failure));
  }

  private StorageFailure failure(StoredObject object, Exception failure) {
    String uri = folder.uri(object.path());
    if (status(failure) == 404) {
      return new StorageFailure(
          uri
              + ": generation "
              + object.generation()
              + " is gone: it was deleted or overwritten (expected: objects that stay while they"
              + " are downloaded)",
          false,
          failure);
    }
    return failure(uri, failure);
  }

  private StorageFailure failure(String what, Exception failure) {
    int status = status(failure);
    String reason = reason(failure);
    if (status == 401 || status == 403) {
      return new StorageFailure(
          what
              + ": "
              + status
              + " for "
              + account()
              + ": "
              + reason
              + " (expected: role roles/storage.objectViewer on bucket "
              + folder.bucket()
              + ")",
          false,
          failure);
    }
    boolean passing = status < 400 || status >= 500 || PASSING.contains(status);
    return new StorageFailure(what + ": " + reason, passing, failure);
  }

  /** Status of the response; 0 if none came. */
  private static int status(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof StorageException storageFailure) {
        return storageFailure.getCode();
      }
    }
    return 0;
  }

  /** What went wrong at the bottom; the library's own message goes on with the request's text. */
  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && !(cause instanceof StorageException s && s.getCode() > 0)) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return cause instanceof StorageException
        ? message
        : cause.getClass().getSimpleName() + " " + message;
  }

  private String account() {
    if (credentials instanceof ServiceAccountSigner signer) {
      try {
        return signer.getAccount();
      } catch (RuntimeException e) {
        // The machine's metadata do not say.
        return "the account of this machine";
      }
    }
    return "these credentials";
  }
}
