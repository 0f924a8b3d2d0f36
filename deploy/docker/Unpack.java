import org.bytedeco.javacpp.Loader;

/** Loads the natives of the classes that are named, so that they lie unpacked in JavaCPP's cache when an image is built. */
class Unpack {
    public static void main(String[] classes) throws ClassNotFoundException {
        for (String name : classes) {
            System.out.println(name + ": " + Loader.load(Class.forName(name)));
        }
    }
}
