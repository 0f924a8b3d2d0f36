package io.patchstream.trainer.checkpoint;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Python's pickle, as much as a state dict needs. Nothing is ever called: a global is a name, and what a name is applied to is
 * given to {@link Names#apply}, which knows a few and refuses the rest.
 */
final class PickleReader {
    private static final int MOST_ITEMS = 10_000_000;

    /** A global, such as {@code collections.OrderedDict}. */
    record Global(String name) {}

    /** What the names in a pickle stand for. */
    interface Names {
        /**
         * Called when the name is met, before anything is done with it.
         *
         * @throws CheckpointException when it is not on the list; the message names it
         */
        Global global(String name);

        /** What {@code global(arguments)} makes. */
        Object apply(Global global, List<?> arguments);

        /** What lies outside of the pickle under this id. */
        Object persistent(Object id);
    }

    private enum Mark {
        MARK
    }

    private final String source;
    private final ByteBuffer in;
    private final Names names;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private PickleReader(String source, ByteBuffer in, Names names) {
        this.source = source;
        this.in = in;
        this.names = names;
    }

    /**
     * The object that is pickled in a little-endian buffer: null, Boolean, Long, Double, String, List, Map, or what
     * {@code names} makes.
     *
     * @param source the file's name, for messages
     * @throws CheckpointException when it is damaged or holds something else
     */
    static Object read(String source, ByteBuffer in, Names names) {
        try {
            return new PickleReader(source, in, names).run();
        } catch (BufferUnderflowException
                | IndexOutOfBoundsException
                | ClassCastException
                | NegativeArraySizeException e) {
            throw new CheckpointException(source + ": the pickle is damaged at byte " + in.position(), e);
        }
    }

    private Object run() {
        while (true) {
            int opcode = in.get() & 0xff;
            if (opcode == '.') {
                return pop();
            }
            step(opcode);
            if (stack.size() > MOST_ITEMS) {
                throw new CheckpointException(source + ": the pickle has more than " + MOST_ITEMS + " items");
            }
        }
    }

    private void step(int opcode) {
        switch (opcode) {
            case 0x80 -> in.get(); // PROTO
            case 0x95 -> in.getLong(); // FRAME
            case '(' -> stack.add(Mark.MARK);
            case '0' -> pop();
            case 'N' -> stack.add(null);
            case 0x88 -> stack.add(true);
            case 0x89 -> stack.add(false);
            case 'K' -> stack.add((long) (in.get() & 0xff));
            case 'M' -> stack.add((long) (in.getShort() & 0xffff));
            case 'J' -> stack.add((long) in.getInt());
            case 0x8a -> stack.add(longOf(in.get() & 0xff));
            case 'G' -> stack.add(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
            case 'X' -> stack.add(text(in.getInt(), StandardCharsets.UTF_8));
            case 0x8c -> stack.add(text(in.get() & 0xff, StandardCharsets.UTF_8));
            case 'T' -> stack.add(text(in.getInt(), StandardCharsets.ISO_8859_1));
            case 'U' -> stack.add(text(in.get() & 0xff, StandardCharsets.ISO_8859_1));
            case '}' -> stack.add(new LinkedHashMap<>());
            case ']', ')' -> stack.add(new ArrayList<>());
            case 't', 'l' -> stack.add(toMark());
            case 0x85, 0x86, 0x87 -> stack.add(last(opcode - 0x84));
            case 'a' -> list(last(1), stack.size() - 1);
            case 'e' -> {
                List<Object> items = toMark();
                list(items, stack.size() - 1);
            }
            case 's' -> put(last(2));
            case 'u' -> put(toMark());
            case 'q' -> memo.put(in.get() & 0xff, top());
            case 'r' -> memo.put(in.getInt(), top());
            case 0x94 -> memo.put(memo.size(), top());
            case 'h' -> stack.add(memo.get(in.get() & 0xff));
            case 'j' -> stack.add(memo.get(in.getInt()));
            case 'c' -> stack.add(names.global(line() + "." + line()));
            case 0x93 -> {
                List<Object> name = last(2);
                stack.add(names.global(name.get(0) + "." + name.get(1)));
            }
            case 'R' -> {
                List<?> arguments = (List<?>) pop();
                stack.add(names.apply((Global) pop(), arguments));
            }
            case 'Q' -> stack.add(names.persistent(pop()));
            case 'b' -> pop(); // BUILD gives an object attributes; a state dict's (_metadata) are not needed
            default ->
                throw new CheckpointException(String.format(
                        "%s: the pickle has opcode 0x%02x at byte %d: it holds more than tensors and containers",
                        source, opcode, in.position() - 1));
        }
    }

    private Object top() {
        return stack.get(stack.size() - 1);
    }

    private Object pop() {
        return stack.remove(stack.size() - 1);
    }

    private List<Object> last(int count) {
        List<Object> end = stack.subList(stack.size() - count, stack.size());
        List<Object> items = new ArrayList<>(end);
        end.clear();
        return items;
    }

    private List<Object> toMark() {
        int mark = stack.lastIndexOf(Mark.MARK);
        List<Object> items = last(stack.size() - 1 - mark);
        stack.remove(mark);
        return items;
    }

    @SuppressWarnings("unchecked")
    private void list(List<Object> items, int at) {
        ((List<Object>) stack.get(at)).addAll(items);
    }

    @SuppressWarnings("unchecked")
    private void put(List<Object> items) {
        Map<Object, Object> map = (Map<Object, Object>) top();
        for (int i = 0; i + 1 < items.size(); i += 2) {
            Object key = items.get(i);
            if (!(key instanceof String || key instanceof Long)) { // a list that holds itself has no hash
                throw new CheckpointException(source + ": the pickle has a key that is no text and no number");
            }
            map.put(key, items.get(i + 1));
        }
    }

    private String text(int length, Charset charset) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, charset);
    }

    private String line() {
        int end = in.position();
        while (in.get(end) != '\n') {
            end++;
        }
        String line = text(end - in.position(), StandardCharsets.US_ASCII);
        in.get();
        return line;
    }

    private long longOf(int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        byte[] wide = new byte[Long.BYTES];
        Arrays.fill(wide, length > 0 && bytes[length - 1] < 0 ? (byte) -1 : 0);
        System.arraycopy(bytes, 0, wide, 0, Math.min(length, wide.length));
        return ByteBuffer.wrap(wide).order(java.nio.ByteOrder.LITTLE_ENDIAN).getLong();
    }
}
