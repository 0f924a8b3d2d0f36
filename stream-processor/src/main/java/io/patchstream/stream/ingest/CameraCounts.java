package io.patchstream.stream.ingest;

/**
 * What a camera has done so far. Transitions give the counts after an event.
 *
 * @param records records handed to Kafka
 * @param pictures pictures in them
 * @param bytes their payloads
 * @param tooLarge pictures left out because no record takes them
 * @param skipped pictures of a live source left out because there was no room downstream
 * @param reconnects how often a live source was tried again
 */
public record CameraCounts(long records, long pictures, long bytes, long tooLarge, long skipped, long reconnects) {
    static CameraCounts none() {
        return new CameraCounts(0, 0, 0, 0, 0, 0);
    }

    /** All that the feed has given. */
    long read() {
        return records + tooLarge + skipped;
    }

    CameraCounts sent(int morePictures, long moreBytes) {
        return new CameraCounts(records + 1, pictures + morePictures, bytes + moreBytes, tooLarge, skipped, reconnects);
    }

    CameraCounts oneTooLarge() {
        return new CameraCounts(records, pictures, bytes, tooLarge + 1, skipped, reconnects);
    }

    CameraCounts oneSkipped() {
        return new CameraCounts(records, pictures, bytes, tooLarge, skipped + 1, reconnects);
    }

    CameraCounts reconnected() {
        return new CameraCounts(records, pictures, bytes, tooLarge, skipped, reconnects + 1);
    }
}
